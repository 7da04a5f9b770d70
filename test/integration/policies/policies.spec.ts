import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, newId, type Result, type Role, type SubjectId, type TenantId } from '@imprimatur/kernel';
import type { BundleFiles, PolicyQuestion } from '@imprimatur/formats/policy';
import { FileKeyProvider } from '@imprimatur/platform/keys';
import { EntryRepository, Ledger, Sealing, SubjectKeyRepository } from '@imprimatur/domain/ledger';
import { PolicyEngine, type PolicyService, type StoredBundle } from '@imprimatur/domain/policies';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { closeEngines, policiesOf, starter, turn, variant } from './policy-room';

const home = mkdtempSync(join(tmpdir(), 'imprimatur-policies-'));
const ledger = new Ledger(new EntryRepository(), new Sealing(new SubjectKeyRepository(), new FileKeyProvider(join(home, 'master.key'))));

let database: TestDatabase;
let policies: PolicyService;
let tenant: TenantId;
beforeAll(async () => {
  database = await createTestDatabase();
  policies = policiesOf(ledger);
});
beforeEach(async () => {
  tenant = await newTenant();
});
afterAll(async () => {
  await closeEngines();
  await database.close();
  rmSync(home, { recursive: true });
});

async function newTenant(): Promise<TenantId> {
  const id = newId('tenant');
  await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [id]);
  return id;
}

function person(role: Role = 'policy-admin', of: TenantId = tenant): Context {
  const subject: SubjectId = newId('subject');
  return { tenant: of, actor: { kind: 'person', subject, ref: newId('subject'), roles: [role] }, requestId: newId('request') };
}

const ensure = (who = person()): Promise<StoredBundle> => database.unitOfWork.write(who, (write) => policies.ensureStarter(write));
const decide = (asked: PolicyQuestion, by = policies) =>
  database.unitOfWork.read(person(), async (read) => (await by.active(read)).decide(asked));
const draft = (files: BundleFiles, who: Context) => database.unitOfWork.write(who, (write) => policies.draft(write, files));
const activate = (id: StoredBundle['id'], who: Context) => database.unitOfWork.write(who, (write) => policies.activate(write, id));
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);

describe('a new tenant', () => {
  it('begins with the starter bundle, once, however often and at once it is asked', async () => {
    const bundles = await Promise.all(Array.from({ length: 5 }, () => ensure()));
    expect(new Set(bundles.map(({ id }) => id)).size).toBe(1);
    expect(bundles[0]).toMatchObject({ name: 'starter', state: 'active', draftedBy: null, activatedBy: null });
    const listed = await database.unitOfWork.read(person(), (read) => policies.list(read, { first: 10, after: null }));
    expect(listed.map(({ id, hash }) => [id, hash])).toEqual([[bundles[0]?.id, bundles[0]?.hash]]);
  });

  it('is held before it has one', async () => {
    expect(await decide(turn())).toMatchObject({
      outcome: 'hold',
      queue: { id: 'policy' },
      findings: [{ rule: 'system.policy_missing' }],
      bundle: { name: 'none' },
    });
  });

  it('is judged by it', async () => {
    const bundle = await ensure();
    expect((await decide(turn())).outcome).toBe('pass');
    const refused = await decide(turn({ facesWithoutConsent: 1, scores: { promptMax: 0, sexual_explicit: 498, sexual_suggestive: 0 } }));
    expect(refused).toMatchObject({ outcome: 'refuse', bundle: { name: 'starter', hash: bundle.hash } });
    expect(refused.findings.map(({ rule, met }) => [rule, met])).toEqual([
      ['consent.faces', ['faces without consent = 1, rule: more than 0']],
      ['moderation.explicit.hold', ['sexual_explicit = 498, rule: at least 300']],
    ]);
    const active = await database.unitOfWork.read(person(), (read) => policies.active(read));
    expect(active.status === 'ready' && active.data.reasonCodes.approve.map(({ code }) => code)).toContain('meets-policy');
  });
});

describe('a bundle that was tampered with', () => {
  const withoutGuard = (sql: string, values: unknown[]): Promise<unknown> =>
    database
      .asAdmin(`alter table policy_bundle disable trigger policy_bundle_content`)
      .then(() => database.asAdmin(sql, values))
      .finally(() => database.asAdmin(`alter table policy_bundle enable always trigger policy_bundle_content`));

  it('holds from the next question on, though the sound one was cached, and passes again when it is restored', async () => {
    const { id } = await ensure();
    expect((await decide(turn())).outcome).toBe('pass');
    const rules = (starter['rules/consent.cedar'] ?? '').replaceAll('facesWithoutConsent > 0', 'facesWithoutConsent > 99');
    await withoutGuard(`update policy_bundle set files = files || jsonb_build_object('rules/consent.cedar', $2::text) where id = $1`, [
      id,
      rules,
    ]);
    const held = await decide(turn());
    expect(held).toMatchObject({ outcome: 'hold', queue: { id: 'policy' }, findings: [{ rule: 'system.policy_tampered' }] });
    expect([held.gateOutcome('usage'), held.gateOutcome('consent'), held.gateOutcome('export')]).toEqual(['hold', 'hold', 'hold']);
    await withoutGuard(`update policy_bundle set files = $2 where id = $1`, [id, JSON.stringify(starter)]);
    expect((await decide(turn())).outcome).toBe('pass');
  });

  it('holds when a file is missing and the hash was made to fit', async () => {
    const { id } = await ensure();
    const rest = Object.fromEntries(Object.entries(starter).filter(([path]) => path !== 'data/queues.yaml'));
    const fitting = Buffer.from(new PolicyEngine().hashOf(rest), 'hex');
    await withoutGuard(`update policy_bundle set files = $2, hash = $3 where id = $1`, [id, JSON.stringify(rest), fitting]);
    expect(await decide(turn())).toMatchObject({ outcome: 'hold', findings: [{ rule: 'system.policy_broken' }] });
  });

  it('cannot be by the service: its content does not change, and it is not deleted', async () => {
    const { id } = await ensure();
    for (const statement of [
      `update policy_bundle set files = '{}' where id = $1`,
      `update policy_bundle set hash = sha256('x') where id = $1`,
      `update policy_bundle set state = 'draft', activated_at = null where id = $1`,
      `delete from policy_bundle where id = $1`,
    ]) {
      await expect(database.unitOfWork.write(person(), (write) => write.manager.query(statement, [id]))).rejects.toMatchObject({
        driverError: { code: '42501' },
      });
    }
    await expect(database.asAdmin(`truncate policy_bundle cascade`)).rejects.toThrow(/refused/);
  });
});

describe('another bundle', () => {
  it('takes two people, counts from the next question on, and retires what it replaces', async () => {
    const former = await ensure();
    const [author, approver] = [person(), person()];
    const drafted = await draft(variant('1.1.0', 5), author);
    if (!drafted.ok) throw new Error(drafted.refusal.message);
    expect((await decide(turn({ turnsLastHour: 5 }))).outcome).toBe('pass');
    expect(codeOf(await activate(drafted.value.id, author))).toBe('ACTIVATION_NEEDS_ANOTHER');
    expect(codeOf(await activate(drafted.value.id, person('creator')))).toBe('FORBIDDEN');
    expect(codeOf(await activate(drafted.value.id, person('policy-admin', await newTenant())))).toBe('NOT_FOUND');
    expect(codeOf(await activate(drafted.value.id, approver))).toBe('ok');
    expect(await decide(turn({ turnsLastHour: 5 }))).toMatchObject({ outcome: 'throttle', bundle: { version: '1.1.0' } });
    const other = policiesOf(ledger);
    expect((await decide(turn({ turnsLastHour: 5 }), other)).outcome).toBe('throttle');
    const states = await database.unitOfWork.read(approver, (read) => policies.list(read, { first: 10, after: null }));
    expect(states.map(({ id, state }) => [id, state])).toEqual([
      [drafted.value.id, 'active'],
      [former.id, 'retired'],
    ]);
    expect(codeOf(await activate(drafted.value.id, person()))).toBe('BUNDLE_NOT_DRAFT');
    const told = await database.asAdmin<{ entry: { type: string; facts: Record<string, unknown> } }>(
      `select convert_from(bytes, 'utf8')::jsonb as entry from ledger_entry where tenant = $1 order by position`,
      [tenant],
    );
    expect(told.map(({ entry }) => [entry.type, entry.facts['version']])).toEqual([
      ['bundle.activated', former.version],
      ['bundle.drafted', '1.1.0'],
      ['bundle.retired', former.version],
      ['bundle.activated', '1.1.0'],
    ]);
    expect(told.at(-1)?.entry.facts).toEqual({ name: 'starter', version: '1.1.0', hash: drafted.value.hash, replaces: former.hash });
  });

  it('cannot be activated by one person at SQL either', async () => {
    await ensure();
    const author = person();
    const drafted = await draft(variant('1.2.0', 7), author);
    if (!drafted.ok) throw new Error(drafted.refusal.message);
    const both = database.unitOfWork.write(author, async (write) => {
      await write.manager.query(`update policy_bundle set state = 'retired', retired_at = now() where state = 'active'`);
      await write.manager.query(
        `update policy_bundle set state = 'active', activated_at = now(), activated_by = drafted_by where id = $1`,
        [drafted.value.id],
      );
    });
    await expect(both).rejects.toMatchObject({ driverError: { constraint: 'policy_bundle_two_people' } });
  });

  it('is refused when its tests fail, when its version has other content, and when it is not effective yet', async () => {
    await ensure();
    const failing = {
      ...variant('2.0.0', 60),
      'data/thresholds.yaml': (starter['data/thresholds.yaml'] ?? '').replace('value: 60', 'value: 61'),
    };
    expect(codeOf(await draft(failing, person()))).toBe('BUNDLE_TESTS_FAILED');
    expect(codeOf(await draft({ ...starter, 'bundle.yaml': 'name: x' }, person()))).toBe('BUNDLE_DATA_INVALID');
    expect(codeOf(await draft(variant('2.1.0', 9), person('creator')))).toBe('FORBIDDEN');
    expect(codeOf(await draft(variant('2.1.0', 9), person()))).toBe('ok');
    expect(codeOf(await draft(variant('2.1.0', 9), person()))).toBe('ok');
    expect(codeOf(await draft(variant('2.1.0', 10), person()))).toBe('BUNDLE_VERSION_EXISTS');
    const late = variant('3.0.0', 9);
    const drafted = await draft(
      { ...late, 'bundle.yaml': (late['bundle.yaml'] ?? '').replace(/effective: .*/, "effective: '2999-01-01'") },
      person(),
    );
    expect(drafted.ok && codeOf(await activate(drafted.value.id, person()))).toBe('BUNDLE_NOT_EFFECTIVE');
  });

  it('of another tenant is not there', async () => {
    const bundle = await ensure();
    const stranger = person('policy-admin', await newTenant());
    expect(codeOf(await database.unitOfWork.read(stranger, (read) => policies.find(read, bundle.id)))).toBe('NOT_FOUND');
    expect(await database.unitOfWork.read(stranger, (read) => policies.list(read, { first: 10, after: null }))).toEqual([]);
  });
});
