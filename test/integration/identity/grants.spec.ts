import { ApiKeyService, GrantRepository, GrantService, HandService, MemberService, type RoleGrant } from '@imprimatur/domain/identity';
import type { GrantId, Role, SubjectId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { codeOf, IdentityHouse, type Person, valueOf } from './identity-house';

let house: IdentityHouse;
let tom: Person;
let tina: Person;
let theo: Person;
let mia: Person;
beforeAll(async () => {
  house = await IdentityHouse.open();
  tom = await house.as('tom');
  mia = await house.member(tom, 'mia', ['creator', 'legal']);
});
afterAll(() => house.close());

const grant = (by: Person, to: SubjectId, role: Role) => house.write(by, (write) => house.get(MemberService).grantRole(write, to, role));
const revoke = (by: Person, of: SubjectId, role: Role) => house.write(by, (write) => house.get(MemberService).revokeRole(write, of, role));
const confirm = (by: Person, id: GrantId) => house.write(by, (write) => house.get(GrantService).confirm(write, id, null));
const grantsOf = (of: SubjectId): Promise<readonly RoleGrant[]> =>
  house.get(UnitOfWork).read(tom, (read) => house.get(GrantService).ofMembers(read, [of]));
const rolesOf = async (of: SubjectId): Promise<readonly Role[]> =>
  (await house.get(UnitOfWork).read(tom, (read) => house.get(MemberService).rolesOf(read, [of]))).get(of) ?? [];

async function waiting(of: SubjectId, role: Role): Promise<RoleGrant> {
  const found = (await grantsOf(of)).find((each) => each.role === role && !each.confirmed && !each.endedAt);
  if (!found) throw new Error(`no proposal of ${role}`);
  return found;
}

describe('roles of a tenant with one administrator', () => {
  it('count at once, and are on record as given by one hand', async () => {
    expect(await rolesOf(mia.subject)).toEqual(['creator', 'legal']);
    const grants = await grantsOf(mia.subject);
    expect(grants.map(({ role, isAlone, proposedBy, confirmed }) => [role, isAlone, proposedBy, confirmed?.by])).toEqual([
      ['legal', true, tom.subject, null],
      ['creator', true, tom.subject, null],
    ]);
    expect((await house.entry('role.granted')).facts).toEqual({
      ref: mia.actor.ref,
      role: 'legal',
      alone: true,
      proposedBy: tom.actor.ref,
    });
    const [first] = await grantsOf(tom.subject);
    expect(first).toMatchObject({ role: 'tenant-admin', proposedBy: null, isAlone: true });
  });

  it('include the second administrator, after whom one hand is not enough', async () => {
    tina = await house.member(tom, 'tina', ['tenant-admin']);
    expect(tina.actor.roles).toEqual(['tenant-admin']);
    theo = await house.member(tom, 'theo', ['tenant-admin', 'creator']);
    expect(theo.actor.roles).toEqual(['creator']);
  });
});

describe('a privileged role', () => {
  it('is confirmed by somebody who neither proposed it nor gets it', async () => {
    const { id } = await waiting(theo.subject, 'tenant-admin');
    expect(codeOf(await confirm(tom, id))).toBe('GRANT_NEEDS_ANOTHER');
    expect(codeOf(await confirm(mia, id))).toBe('FORBIDDEN');
    expect(codeOf(await confirm(theo, id))).toBe('FORBIDDEN');
    const key: Person = { ...tina, actor: { ...tina.actor, kind: 'service' } };
    expect(codeOf(await confirm(key, id))).toBe('FORBIDDEN');
    const both = await Promise.all([confirm(tina, id), confirm(tina, id)]);
    expect(both.map(codeOf).sort()).toEqual(['GRANT_NOT_OPEN', 'ok']);
    expect(await rolesOf(theo.subject)).toEqual(['creator', 'tenant-admin']);
    const entry = await house.entry('role.granted');
    expect(entry).toMatchObject({
      actor: { ref: tina.actor.ref },
      facts: { role: 'tenant-admin', alone: false, proposedBy: tom.actor.ref },
    });
    const [granted] = await grantsOf(theo.subject);
    expect(granted).toMatchObject({ entry: entry.id, proposedBy: tom.subject, confirmed: { by: tina.subject } });
    // the hand that confirmed has a history itself
    expect(entry.facts.grant).toBe((await grantsOf(tina.subject))[0]?.entry);
  });

  it('that one proposes for oneself takes another, too', async () => {
    expect(codeOf(await grant(tina, tina.subject, 'policy-admin'))).toBe('ok');
    const { id } = await waiting(tina.subject, 'policy-admin');
    expect(codeOf(await confirm(tina, id))).toBe('GRANT_NEEDS_ANOTHER');
    expect(await rolesOf(tina.subject)).toEqual(['tenant-admin']);
    // proposed by somebody else in vain: it waits already
    expect(codeOf(await grant(tom, tina.subject, 'policy-admin'))).toBe('ok');
    expect((await grantsOf(tina.subject)).filter(({ role }) => role === 'policy-admin')).toHaveLength(1);
    expect(codeOf(await confirm(tom, id))).toBe('ok');
  });

  it('is never proposed by a service, which an administrator could have made', async () => {
    const wish = { name: 'second hand', roles: ['tenant-admin'] as const, scopes: ['*:*'], expiresAt: null };
    const { key } = valueOf(await house.write(tom, (write) => house.get(ApiKeyService).create(write, wish)));
    const robot: Person = { ...tom, subject: key.subject, actor: { ...tom.actor, kind: 'service', subject: key.subject } };
    expect(codeOf(await grant(robot, mia.subject, 'approver'))).toBe('FORBIDDEN');
    const puppet = { displayName: 'Puppet', kind: 'person' as const, identity: { issuer: 'urn:x', sub: 'p' }, roles: ['auditor' as const] };
    expect(codeOf(await house.write(robot, (write) => house.get(MemberService).add(write, puppet)))).toBe('FORBIDDEN');
    expect((await grantsOf(mia.subject)).some(({ role }) => role === 'approver')).toBe(false);
    // what is not privileged is a service's to give
    expect(codeOf(await grant(robot, mia.subject, 'integrator'))).toBe('ok');
    expect(codeOf(await revoke(robot, mia.subject, 'integrator'))).toBe('ok');
    const proposed = house.write(robot, (write) =>
      house.get(GrantService).propose(write, { id: mia.subject, ref: mia.actor.ref }, 'approver'),
    );
    await expect(proposed).rejects.toThrow(/by people, and not by a service/);
  });

  it('is declined, or taken away, by one hand at once', async () => {
    await grant(tom, mia.subject, 'auditor');
    const { id } = await waiting(mia.subject, 'auditor');
    expect(codeOf(await revoke(tom, mia.subject, 'auditor'))).toBe('ok');
    expect((await house.entry('role.declined')).facts).toEqual({ ref: mia.actor.ref, role: 'auditor' });
    expect(codeOf(await confirm(tina, id))).toBe('GRANT_NOT_OPEN');
    expect(codeOf(await revoke(tom, mia.subject, 'legal'))).toBe('ok');
    expect(await rolesOf(mia.subject)).toEqual(['creator']);
    expect(codeOf(await grant(tom, mia.subject, 'integrator'))).toBe('ok');
    expect(await rolesOf(mia.subject)).toEqual(['creator', 'integrator']);
  });

  it('stands on two people in the database as well', async () => {
    const ids = [tom.tenant, mia.subject, tom.subject, tina.subject];
    const inDatabase = (sql: string): Promise<unknown> =>
      house.write(tom, ({ manager }) =>
        manager.query(`with ids as (select $1::uuid as tenant, $2::uuid as mia, $3::uuid as tom, $4::uuid as tina) ${sql}`, ids),
      );
    const granted = (role: string, proposer: string, confirmer: string, alone: boolean): Promise<unknown> =>
      inDatabase(
        `insert into role_grant (tenant, id, member, role, proposed_by, proposed_at, confirmed_by, confirmed_at, usable_from, alone, entry)
         select tenant, gen_random_uuid(), mia, '${role}', ${proposer}, now(), ${confirmer}, now(), now(), ${alone},
                (select entry from role_grant g where g.tenant = ids.tenant limit 1) from ids`,
      );
    await expect(granted('approver', 'tom', 'tom', false)).rejects.toThrow(/role_grant_two_people/);
    await expect(granted('approver', 'tom', 'mia', false)).rejects.toThrow(/role_grant_two_people/);
    await expect(granted('approver', 'tom', 'null::uuid', false)).rejects.toThrow(/role_grant_two_people/);
    await expect(granted('approver', 'tom', 'null::uuid', true)).rejects.toThrow(/by two people/);
    await expect(granted('creator', 'tom', 'null::uuid', true)).rejects.toThrow(/role_grant_open/);
    await expect(
      inDatabase(`update member m set roles = roles || array['approver'] from ids where m.tenant = ids.tenant and m.id = mia`),
    ).rejects.toThrow(/no grant of the role approver/);
    await expect(inDatabase(`update role_grant g set proposed_by = tina from ids where g.tenant = ids.tenant`)).rejects.toThrow(
      /permission denied/,
    );
  });

  it('rests for a while where the house wants that, and an older role of the same power does not', async () => {
    house.config.grantCoolingMinutes = 60;
    await grant(tom, mia.subject, 'legal');
    await confirm(tina, (await waiting(mia.subject, 'legal')).id);
    house.config.grantCoolingMinutes = 0;
    const matter = {
      kind: 'exception.approve',
      object: mia.subject,
      content: null,
      bundle: null,
      outcome: 'approve',
      code: null,
      reason: null,
    } as const;
    const duty = { action: 'activate', on: 'PolicyException', rests: true, signature: 'when-enrolled' } as const;
    const take = (as: Person, rests = true) =>
      house.write(as, (write) => house.get(HandService).take(write, matter, { ...duty, rests }, null));
    const counsel = await house.as('mia');
    expect(codeOf(await take(counsel))).toBe('ROLE_COOLING');
    expect(codeOf(await take(counsel, false))).toBe('ok');
    expect(codeOf(await take({ ...counsel, actor: { ...counsel.actor, kind: 'service' } }, false))).toBe('FORBIDDEN');
    await grant(tom, mia.subject, 'policy-admin');
    await confirm(tina, (await waiting(mia.subject, 'policy-admin')).id);
    const hand = valueOf(await take(await house.as('mia')));
    const standing = await house
      .get(UnitOfWork)
      .read(tom, (read) => house.get(GrantRepository).standing(read, mia.subject, ['policy-admin']));
    expect(hand).toEqual({ grant: standing[0]?.entry, signed: null });
  });

  it('is given by one hand again where the other administrators have gone', async () => {
    expect(codeOf(await revoke(tom, tina.subject, 'tenant-admin'))).toBe('ok');
    expect(codeOf(await revoke(tom, theo.subject, 'tenant-admin'))).toBe('ok');
    expect(codeOf(await revoke(tom, tom.subject, 'tenant-admin'))).toBe('LAST_ADMINISTRATOR');
    expect(codeOf(await grant(tom, theo.subject, 'approver'))).toBe('ok');
    expect((await grantsOf(theo.subject))[0]).toMatchObject({ role: 'approver', isAlone: true });
  });
});
