import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Context, newId, type Result, type Role, type SessionId, type SubjectId, type TenantId } from '@imprimatur/kernel';
import type { BundleFiles, PolicyQuestion } from '@imprimatur/formats/policy';
import { TrialObserver } from '@imprimatur/flows/gates';
import { FileKeyProvider } from '@imprimatur/platform/keys';
import { EntryRepository, Ledger, Sealing, SubjectKeyRepository } from '@imprimatur/domain/ledger';
import { isInShare, type Judging, type PolicyService, type StoredBundle, type TrialService } from '@imprimatur/domain/policies';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { closeEngines, policiesOf, specimenVariant as variant, trialsOf, turn, writeSpecimen } from './policy-room';

const home = mkdtempSync(join(tmpdir(), 'imprimatur-trials-'));
const ledger = new Ledger(new EntryRepository(), new Sealing(new SubjectKeyRepository(), new FileKeyProvider(join(home, 'master.key'))));
const begun = writeSpecimen(join(home, 'starter'));

let database: TestDatabase;
let policies: PolicyService;
let trials: TrialService;
let tenant: TenantId;
let active: StoredBundle;
let author: Context;
const reported: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  policies = policiesOf(ledger, [], begun);
  trials = trialsOf(ledger);
});
beforeEach(async () => {
  tenant = newId('tenant');
  await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
  active = await database.unitOfWork.write(person(), (write) => policies.ensureStarter(write));
  author = person();
  reported.length = 0;
});
afterAll(async () => {
  await closeEngines();
  await database.close();
  rmSync(home, { recursive: true });
});

function person(role: Role = 'policy-admin'): Context {
  const subject: SubjectId = newId('subject');
  return { tenant, actor: { kind: 'person', subject, ref: newId('subject'), roles: [role] }, requestId: newId('request') };
}

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
const shadow = (id: StoredBundle['id'], who = author) => database.unitOfWork.write(who, (write) => trials.shadow(write, id));
const canary = (id: StoredBundle['id'], share: number, who = person()) =>
  database.unitOfWork.write(who, (write) => trials.canary(write, id, share));
const end = (id: StoredBundle['id'], who = author) => database.unitOfWork.write(who, (write) => trials.end(write, id));
const activate = (id: StoredBundle['id'], who = person()) => database.unitOfWork.write(who, (write) => policies.activate(write, id));
const judging = (session: SessionId = newId('session')): Promise<Judging> =>
  database.unitOfWork.read(person(), (read) => policies.judging(read, session));
const report = () => database.unitOfWork.read(person(), (read) => trials.report(read));

async function draft(files: BundleFiles, who = author): Promise<StoredBundle> {
  const drafted = await database.unitOfWork.write(who, (write) => policies.draft(write, files));
  if (!drafted.ok) throw new Error(drafted.refusal.message);
  return drafted.value;
}

/** Asks a real question as the gates do; answers the item and what was decided. */
async function ask(
  asked: PolicyQuestion,
  by = trials,
  about = newId('item'),
): Promise<{ readonly item: string; readonly outcome: string }> {
  const { policy, shadow: beside } = await judging();
  const decision = policy.decide(asked);
  const observer = new TrialObserver(database.unitOfWork, by, (error) => reported.push(String(error)));
  await observer.observe(person(), { policy, shadow: beside, about, asked, exceptions: [], decision });
  return { item: about, outcome: decision.outcome };
}

const withoutGuard = (sql: string, values: unknown[]): Promise<unknown> =>
  database
    .asAdmin(`alter table policy_bundle disable trigger policy_bundle_content`)
    .then(() => database.asAdmin(sql, values))
    .finally(() => database.asAdmin(`alter table policy_bundle enable always trigger policy_bundle_content`));

const tamper = (id: StoredBundle['id']): Promise<unknown> =>
  withoutGuard(`update policy_bundle set files = files || jsonb_build_object('README.md', 'other') where id = $1`, [id]);

describe('a bundle in shadow', () => {
  it('is asked beside the active one, never acts, and shows what it would change', async () => {
    const candidate = await draft(variant('1.1.0', 5));
    expect((await judging()).shadow).toBeNull();
    expect(await shadow(candidate.id)).toMatchObject({ ok: true, value: { state: 'shadow', trial: { sharePermille: null } } });
    const busy = turn({ turnsLastHour: 5 });
    const [first, second] = [await ask(busy), await ask(busy)];
    expect([first.outcome, second.outcome]).toEqual(['pass', 'pass']);
    expect((await ask(turn())).outcome).toBe('pass');
    expect((await ask(turn({ turnsLastHour: 60 }))).outcome).toBe('throttle');
    await ask(busy, trials, first.item as ReturnType<typeof newId<'item'>>); // the same item again counts once, as it was answered last

    const told = await report();
    expect(told).toMatchObject({
      bundle: { id: candidate.id },
      active: { id: active.id },
      failures: {},
      tally: { questions: 4, notComparable: 0 },
    });
    expect(told?.tally.cells).toEqual([
      { question: 'EditTurn', from: 'pass', to: 'pass', count: 1, examples: [expect.any(String)], rules: {} },
      {
        question: 'EditTurn',
        from: 'pass',
        to: 'throttle',
        count: 2,
        examples: expect.any(Array) as string[],
        rules: { '+usage.rate': 2 },
      },
      { question: 'EditTurn', from: 'throttle', to: 'throttle', count: 1, examples: [expect.any(String)], rules: {} },
    ]);
    expect([...(told?.tally.cells[1]?.examples ?? [])].sort()).toEqual([first.item, second.item].sort());
    expect(reported).toEqual([]);
    // beside another bundle it starts anew
    await activate((await draft(variant('1.0.1', 60))).id);
    expect((await report())?.tally.questions).toBe(0);
  });

  it('may be put there by whoever loaded it, one at a time, from draft, by who may', async () => {
    const [one, other] = [await draft(variant('1.1.0', 5)), await draft(variant('1.2.0', 6))];
    expect(codeOf(await shadow(one.id, person('creator')))).toBe('FORBIDDEN');
    expect(codeOf(await shadow(newId('bundle')))).toBe('NOT_FOUND');
    expect(codeOf(await shadow(active.id))).toBe('BUNDLE_NOT_FOR_TRIAL');
    expect(codeOf(await end(one.id))).toBe('NOT_ON_TRIAL');
    const both = await Promise.all([shadow(one.id), shadow(other.id)]);
    expect(both.map(codeOf).sort()).toEqual(['TRIAL_UNDER_WAY', 'ok']);
    const [there, waiting] = both[0]?.ok ? [one, other] : [other, one];
    expect(codeOf(await shadow(there.id))).toBe('BUNDLE_NOT_FOR_TRIAL');
    expect(codeOf(await canary(waiting.id, 10))).toBe('TRIAL_UNDER_WAY');
    expect(await end(there.id)).toMatchObject({ ok: true, value: { state: 'draft', trial: null } });
    expect(codeOf(await shadow(waiting.id))).toBe('ok');
    expect(await report()).toMatchObject({ bundle: { id: waiting.id } });
  });

  it.each<[string, Parameters<typeof trialsOf>[1], (id: StoredBundle['id']) => Promise<unknown>, object]>([
    ['is too slow', { timeoutMs: 1 }, () => Promise.resolve(), { slow: 2 }],
    ['was tampered with', {}, tamper, { tampered: 2 }],
  ])('that %s touches no answer, and says so', async (_, limits, harm, failures) => {
    const candidate = await draft(variant('1.1.0', 5));
    await shadow(candidate.id);
    await harm(candidate.id);
    const slow = trialsOf(ledger, limits);
    expect((await ask(turn({ turnsLastHour: 5 }), slow)).outcome).toBe('pass');
    expect((await ask(turn({ turnsLastHour: 60 }), slow)).outcome).toBe('throttle');
    expect(await report()).toMatchObject({ failures, tally: { questions: 2, notComparable: 2, cells: [] } });
    expect(reported).toEqual([]);
  });

  it('that cannot be asked at all is reported, and the answer stands', async () => {
    const { policy } = await judging();
    const asked = turn();
    const observer = new TrialObserver(database.unitOfWork, trials, (error) => reported.push(String(error)));
    const absent = { id: newId('bundle'), hash: active.hash, stamp: '1' };
    await observer.observe(person(), {
      policy,
      shadow: absent,
      about: newId('item'),
      asked,
      exceptions: [],
      decision: policy.decide(asked),
    });
    expect(reported).toHaveLength(1);
  });
});

describe('a bundle in canary', () => {
  /** Sessions in and out of its share. */
  const sessions = (hash: string, share: number): { readonly within: SessionId; readonly without: SessionId } => {
    const some = Array.from({ length: 200 }, () => newId('session'));
    const [within, without] = [some.find((id) => isInShare(hash, share, id)), some.find((id) => !isInShare(hash, share, id))];
    if (!within || !without) throw new Error('no session of each kind');
    return { within, without };
  };
  const judgedBy = async (session: SessionId): Promise<string> => (await judging(session)).policy.ref.version;

  it('judges its share of the sessions, the same ones each time and more with more; what it is not asked it watches', async () => {
    const candidate = await draft(variant('1.1.0', 5));
    expect(codeOf(await canary(candidate.id, 500))).toBe('ok');
    const { within, without } = sessions(candidate.hash, 500);
    expect([await judgedBy(within), await judgedBy(within), await judgedBy(without)]).toEqual(['1.1.0', '1.1.0', active.version]);
    expect((await judging(within)).policy.decide(turn({ turnsLastHour: 5 }))).toMatchObject({
      outcome: 'throttle',
      bundle: { hash: candidate.hash },
    });
    expect([(await judging(within)).shadow, (await judging(without)).shadow?.id]).toEqual([null, candidate.id]);
    // another process answers alike
    const elsewhere = policiesOf(ledger, [], begun);
    const other = await database.unitOfWork.read(person(), (read) => elsewhere.judging(read, within));
    expect(other.policy.ref.version).toBe('1.1.0');
    const since = (await report())?.bundle.trial?.since;
    expect(await canary(candidate.id, 999)).toMatchObject({ ok: true, value: { trial: { since, sharePermille: 999 } } });
    expect(await judgedBy(within)).toBe('1.1.0');
    expect(codeOf(await end(candidate.id))).toBe('ok');
    expect(await judgedBy(within)).toBe(active.version);
    expect(await report()).toBeNull();
  });

  it('takes another person than who loaded it, also at SQL, on its day, with a share that is one', async () => {
    const candidate = await draft(variant('1.1.0', 5));
    expect(codeOf(await canary(candidate.id, 10, author))).toBe('TRIAL_NEEDS_ANOTHER');
    expect(codeOf(await canary(candidate.id, 10, person('creator')))).toBe('FORBIDDEN');
    const robot = person();
    expect(codeOf(await canary(candidate.id, 10, { ...robot, actor: { ...robot.actor, kind: 'service' } }))).toBe('FORBIDDEN');
    for (const share of [0, 1_000, 1.5]) expect(codeOf(await canary(candidate.id, share))).toBe('TRIAL_SHARE_INVALID');
    for (const by of ['drafted_by', 'null']) {
      const alone = database.unitOfWork.write(author, (write) =>
        write.manager.query(
          `update policy_bundle set state = 'canary', trial_by = ${by}, trial_at = now(), trial_share = 999 where id = $1`,
          [candidate.id],
        ),
      );
      await expect(alone).rejects.toMatchObject({ driverError: { constraint: 'policy_bundle_canary_two_people' } });
    }
    const later = await draft(variant('2.0.0', 5, '2999-01-01'));
    expect(codeOf(await shadow(later.id))).toBe('ok');
    expect(codeOf(await canary(later.id, 10))).toBe('BUNDLE_NOT_EFFECTIVE');
  });

  it('that was tampered with holds its share, and no other', async () => {
    const candidate = await draft(variant('1.1.0', 5));
    await canary(candidate.id, 500);
    const { within, without } = sessions(candidate.hash, 500);
    expect((await judging(within)).policy.decide(turn()).outcome).toBe('pass');
    await tamper(candidate.id);
    expect((await judging(within)).policy.decide(turn())).toMatchObject({
      outcome: 'hold',
      findings: [{ rule: 'system.policy_tampered' }],
    });
    expect((await judging(without)).policy.decide(turn()).outcome).toBe('pass');
    expect(codeOf(await activate(candidate.id))).toBe('BUNDLE_TAMPERED');
  });

  it('is activated by another person, and the ledger tells each step', async () => {
    const candidate = await draft(variant('1.1.0', 5));
    await shadow(candidate.id);
    await canary(candidate.id, 20);
    expect(codeOf(await activate(candidate.id, author))).toBe('ACTIVATION_NEEDS_ANOTHER');
    expect(await activate(candidate.id)).toMatchObject({ ok: true, value: { state: 'active', trial: null } });
    expect(await judgedBy(newId('session'))).toBe('1.1.0');
    await shadow((await draft(variant('1.2.0', 5))).id);
    await end((await report())?.bundle.id ?? newId('bundle'));
    const told = await database.asAdmin<{ type: string; facts: Record<string, unknown> }>(
      `select e ->> 'type' as type, e -> 'facts' as facts from (
         select position, convert_from(bytes, 'utf8')::jsonb as e from ledger_entry where tenant = $1) as told order by position`,
      [tenant],
    );
    expect(told.map(({ type }) => type.replace('bundle.', ''))).toEqual([
      ...['activated', 'drafted', 'shadowed', 'canaried', 'retired', 'activated'],
      ...['drafted', 'shadowed', 'trial-ended'],
    ]);
    expect(told[3]?.facts).toEqual({
      name: 'specimen',
      version: '1.1.0',
      hash: candidate.hash,
      beside: active.hash,
      sharePermille: 20,
      outcome: 'canary-20',
    });
    expect(told.at(-1)?.facts).toMatchObject({ version: '1.2.0', was: 'shadow' });
  });
});

describe('while bundles change', () => {
  it('every question is answered by one of them, and none is lost', async () => {
    const candidate = await draft(variant('1.1.0', 5));
    const known = [active.hash, candidate.hash];
    const seen = new Set<string>();
    let changing = true;
    const asking = Array.from({ length: 3 }, async () => {
      while (changing) {
        const decision = (await judging()).policy.decide(turn({ turnsLastHour: 5 }));
        expect(known).toContain(decision.bundle.hash);
        expect([decision.outcome, decision.findings.map(({ rule }) => rule)]).toEqual(
          decision.bundle.hash === active.hash ? ['pass', []] : ['throttle', ['usage.rate']],
        );
        seen.add(decision.bundle.hash);
      }
    });
    const goBack = (id: StoredBundle['id']) => database.unitOfWork.write(person(), (write) => policies.rollBack(write, id, 'to see'));
    try {
      for (const step of [
        () => shadow(candidate.id),
        () => canary(candidate.id, 500),
        () => activate(candidate.id),
        () => goBack(active.id),
        () => goBack(candidate.id),
      ])
        expect(codeOf(await step())).toBe('ok');
      await judging();
    } finally {
      changing = false;
    }
    await Promise.all(asking);
    expect([...seen].sort()).toEqual([...known].sort());
  });
});
