import { type Context, newId, type Result, type SubjectId, type TenantId } from '@imprimatur/kernel';
import type { HoldKind, LegalHold } from '@imprimatur/domain/retention';
import { codeOf, RetentionRoom, valueOf } from './retention-room';

let room: RetentionRoom;
let tenant: TenantId;
let legal: Context;
let admin: Context;
beforeAll(async () => {
  room = await RetentionRoom.open();
  tenant = await room.newTenant();
  legal = await room.person(tenant, 'legal');
  admin = await room.person(tenant, 'tenant-admin');
});
afterAll(() => room?.close());

const place = (
  who: Context,
  kind: HoldKind,
  id: string,
  matter = 'Case 7',
  reason = 'Proceedings are expected',
): Promise<Result<LegalHold>> => room.write(who, (write) => room.holdFlow.place(write, { target: { kind, id }, matter, reason }));
const release = (who: Context, { id }: LegalHold, reason = 'Settled'): Promise<Result<LegalHold>> =>
  room.write(who, (write) => room.holds.release(write, id, reason));

describe('a legal hold', () => {
  it('remembers who, why, and since when, and is told by the ledger with its reason sealed', async () => {
    const { asset } = await room.upload(await room.person(tenant, 'creator'));
    const hold = valueOf(await place(legal, 'asset', asset.id, '  Case 8 '));
    expect(hold).toMatchObject({
      target: { kind: 'asset', id: asset.id },
      matter: 'Case 8',
      placedBy: legal.actor.subject,
      released: null,
    });
    expect(await room.types(tenant, hold.id)).toEqual(['hold.placed']);
    expect(await room.types(tenant, asset.id)).toEqual(['asset.uploaded', 'hold.placed']);
    const reason = await room.read(legal, (read) => room.reader.openPart(read, hold.entry, 'reason'));
    expect(Buffer.from(reason?.bytes ?? []).toString()).toBe('Proceedings are expected');
    const [entry] = await room.database.asAdmin<{ bytes: Buffer }>(`select bytes from ledger_entry where id = $1`, [hold.entry]);
    expect(entry?.bytes.toString()).not.toContain('Proceedings');
  });

  it('is released by another person than who placed it, once, and is then history', async () => {
    const person = await room.person(tenant);
    const hold = valueOf(await place(legal, 'subject', person.actor.subject));
    expect(codeOf(await release(legal, hold))).toBe('OWN_HOLD');
    const released = valueOf(await release(admin, hold));
    expect(released.released).toMatchObject({ by: admin.actor.subject });
    expect(codeOf(await release(await room.person(tenant, 'legal'), hold))).toBe('HOLD_RELEASED');
    const [active, ended] = await room.read(legal, (read) =>
      Promise.all([
        room.holds.list(read, { isActive: true, first: 100, after: null }),
        room.holds.list(read, { isActive: false, first: 100, after: null }),
      ]),
    );
    expect(active.map(({ id }) => id)).not.toContain(hold.id);
    expect(ended.map(({ id }) => id)).toContain(hold.id);
  });

  it('is placed once for one matter, also ten times at once', async () => {
    const person = await room.person(tenant);
    const placed = await Promise.all(Array.from({ length: 10 }, () => place(legal, 'subject', person.actor.subject)));
    expect(placed.filter(({ ok }) => ok).length).toBe(1);
    expect(new Set(placed.flatMap((each) => (each.ok ? [] : [each.refusal.code])))).toEqual(new Set(['HOLD_EXISTS']));
    expect((await place(legal, 'subject', person.actor.subject, 'Another matter')).ok).toBe(true);
  });

  it.each([
    ['an asset', 'asset'],
    ['a session', 'session'],
    ['a subject', 'subject'],
    ['a tenant', 'tenant'],
  ] as const)('is not placed on %s that is not there, or is of another tenant', async (_, kind) => {
    expect(codeOf(await place(legal, kind, newId('asset')))).toBe('NOT_FOUND');
    const elsewhere = await room.newTenant();
    const stranger = await room.person(elsewhere, 'creator', 'legal');
    const { asset } = await room.upload(stranger);
    const session = valueOf(
      await room.write(stranger, (write) =>
        room.editing.openSession(write, { name: 's', useCase: 'u', channel: 'c', territory: 'DE', assets: [asset.id] }),
      ),
    );
    const theirs = { asset: asset.id, session: session.id, subject: stranger.actor.subject, tenant: elsewhere }[kind];
    expect(codeOf(await place(legal, kind, theirs))).toBe('NOT_FOUND');
    const own = valueOf(await place(stranger, kind, theirs));
    expect(codeOf(await release(admin, own))).toBe('NOT_FOUND');
  });

  it.each([
    ['no matter', '', 'why'],
    ['a matter without end', 'm'.repeat(201), 'why'],
    ['no reason', 'Case', '   '],
    ['a reason without end', 'Case', 'r'.repeat(2_001)],
  ])('is refused with %s', async (_, matter, reason) => {
    expect(codeOf(await place(legal, 'tenant', tenant, matter, reason))).toBe('HOLD_INVALID');
  });

  it('is placed by legal alone, and seen by those who must know', async () => {
    for (const role of ['creator', 'approver', 'auditor', 'tenant-admin', 'integrator'] as const)
      expect([role, codeOf(await place(await room.person(tenant, role), 'tenant', tenant))]).toEqual([role, 'FORBIDDEN']);
    const creator = await room.person(tenant, 'creator');
    expect(await room.read(creator, (read) => room.holds.list(read, { isActive: null, first: 9, after: null }))).toEqual([]);
  });
});

describe('a hold and an erasure at the same moment', () => {
  const race = async (kinds: readonly HoldKind[]): Promise<{ held: boolean; erased: boolean; order: readonly string[] }> => {
    const creator = await room.person(tenant, 'creator');
    const { asset, version } = await room.upload(creator);
    await room.screen(tenant, version);
    const subject: SubjectId = await room.consent(legal, version);
    const planDigest = await room.planDigest(legal, subject);
    const ids: Partial<Record<HoldKind, string>> = { asset: asset.id, subject };
    const order: string[] = [];
    const erasing = room
      .write(legal, (write) => room.erasure.erase(write, { subject, planDigest, reason: 'asked' }))
      .then((done) => (order.push(done.ok ? 'erased' : done.refusal.code), done));
    const holding = kinds.map((kind) =>
      place(legal, kind, ids[kind] ?? '', 'Race').then((done) => (order.push(done.ok ? 'held' : done.refusal.code), done)),
    );
    const [erased, ...holds] = await Promise.all([erasing, ...holding]);
    return { erased: erased.ok, held: holds.some(({ ok }) => ok), order };
  };

  it('never both: what was held first is not erased, fifty times', async () => {
    const outcomes: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const raced = await Promise.all(Array.from({ length: 10 }, (_, at) => race(at % 2 === 0 ? ['asset'] : ['subject', 'asset'])));
      for (const { erased, held, order } of raced) {
        // a refusal names the hold; an erasure that succeeded committed before every hold that did
        if (erased) expect(order.filter((each) => each === 'UNDER_LEGAL_HOLD')).toEqual([]);
        else expect(held).toBe(true);
        outcomes.push(erased ? 'erased' : 'held');
      }
    }
    expect(outcomes.length).toBe(50);
    // by the ledger: a hold that stands before an erasure of what it covers would be the one thing that must not be
    const broken = await room.database.asAdmin(
      `select h.entry from legal_hold h join ledger_entry he on he.tenant = h.tenant and he.id = h.entry
         join erasure x on x.tenant = h.tenant
         join ledger_entry xe on xe.tenant = x.tenant and xe.id = x.entry
        where h.matter = 'Race' and he.position < xe.position
          and (h.target = x.subject or exists (select 1 from consent_record c join consent_binding b on b.tenant = c.tenant and b.consent = c.id
                where c.tenant = x.tenant and c.subject = x.subject and b.asset = h.target))`,
    );
    expect(broken).toEqual([]);
  }, 120_000);
});
