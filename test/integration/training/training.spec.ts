import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EntryRepository, Ledger, Sealing, SubjectKeyRepository } from '@imprimatur/domain/ledger';
import { AcknowledgementService } from '@imprimatur/domain/policies';
import { type TrainingAnswer, type TrainingAttempt, TrainingService } from '@imprimatur/domain/training';
import type { BundleFiles, TrainingModule } from '@imprimatur/formats/policy';
import { type BundleId, type Context, newId, type Result, type Role, type SubjectId, type TenantId } from '@imprimatur/kernel';
import { FileKeyProvider } from '@imprimatur/platform/keys';
import { AcknowledgementRepository } from '../../../libs/domain/policies/src/acknowledgements/acknowledgement.repository';
import { TrainingRepository } from '../../../libs/domain/training/src/training.repository';
import { specimenWith } from '../../../libs/formats/policy/src/specimen';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { policiesOf } from '../policies/policy-room';

const home = mkdtempSync(join(tmpdir(), 'imprimatur-training-'));
const ledger = new Ledger(new EntryRepository(), new Sealing(new SubjectKeyRepository(), new FileKeyProvider(join(home, 'master.key'))));
const policies = policiesOf(ledger);
const trainings = new TrainingService(new TrainingRepository(), ledger);
const acknowledgements = new AcknowledgementService(new AcknowledgementRepository(), policies, ledger);

const MODULE: TrainingModule = {
  id: 'consent',
  title: 'Consent',
  text: 'Ask first.',
  useCases: [],
  questions: ['one', 'two', 'three'].map((id) => ({
    id,
    text: '?',
    choices: ['a', 'b'].map((choice) => ({ id: choice, text: choice })),
    right: ['b'],
  })),
  passMark: 3,
  validDays: 30,
  attemptsPerDay: 2,
};
const CHANGED: TrainingModule = { ...MODULE, text: 'Always ask first.' };
const RIGHT: readonly TrainingAnswer[] = MODULE.questions.map(({ id, right }) => ({ question: id, choices: right }));
const WRONG: readonly TrainingAnswer[] = RIGHT.slice(1);

let database: TestDatabase;
let ana: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  ana = await person(await tenant());
});
afterAll(async () => {
  await database.close();
  rmSync(home, { recursive: true });
});

async function tenant(): Promise<TenantId> {
  const id = newId('tenant');
  await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [id]);
  return id;
}

async function person(of: TenantId, role: Role = 'creator'): Promise<Context> {
  const [subject, ref] = [newId('subject'), newId('subject')];
  await database.asAdmin(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
    of,
    subject,
    ref,
  ]);
  return { tenant: of, actor: { kind: 'person', subject, ref, roles: [role] }, requestId: newId('request') };
}

const subjectOf = ({ actor }: Context): SubjectId => actor.subject ?? newId('subject');
const start = (who: Context, module = MODULE) => database.unitOfWork.write(who, (write) => trainings.start(write, module));
const submit = (who: Context, { id }: TrainingAttempt, answers: readonly TrainingAnswer[], module = MODULE) =>
  database.unitOfWork.write(who, (write) => trainings.submit(write, id, [module], answers));
const current = (who: Context, module = MODULE) =>
  database.unitOfWork.read(who, (read) => trainings.current(read, subjectOf(who), [module]));
const told = (who: Context, type: string) =>
  database.asAdmin<{ bytes: Buffer }>(`select bytes from ledger_entry where tenant = $1 and type = $2`, [who.tenant, type]);

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);

describe('a module', () => {
  it('is passed once it is answered rightly, and counts until it changes', async () => {
    const first = valueOf(await start(ana));
    expect(valueOf(await start(ana)).id).toBe(first.id);
    expect(valueOf(await submit(ana, first, WRONG)).result).toMatchObject({ passed: false, right: 2, asked: 3, until: null });
    expect([await current(ana), await told(ana, 'training.passed')]).toEqual([[], []]);

    const second = valueOf(await start(ana));
    expect(second.id).not.toBe(first.id);
    // sent at the same time, it is graded once
    const sent = await Promise.all(Array.from({ length: 4 }, () => submit(ana, second, RIGHT)));
    expect(sent.map(codeOf).sort()).toEqual(['TRAINING_GRADED', 'TRAINING_GRADED', 'TRAINING_GRADED', 'ok']);
    expect(await current(ana)).toEqual(['consent']);
    expect(await current(ana, CHANGED)).toEqual([]);
    const [entry, ...more] = await told(ana, 'training.passed');
    expect(more).toEqual([]);
    const text = entry?.bytes.toString() ?? '';
    expect(JSON.parse(text)).toMatchObject({ facts: { module: 'consent' }, parts: { digest: expect.anything() as unknown } });
    // by which whoever knows the questions could try out the right answers
    expect(text).not.toContain(second.digest);
    expect(await current(await person(ana.tenant))).toEqual([]);
  });

  it('is not guessed at: a day has its number of gradings', async () => {
    const guesser = await person(ana.tenant);
    for (let at = 0; at < MODULE.attemptsPerDay; at += 1) valueOf(await submit(guesser, valueOf(await start(guesser)), WRONG));
    expect(codeOf(await start(guesser))).toBe('TRAINING_TOO_OFTEN');
    expect(codeOf(await start(guesser, { ...MODULE, id: 'quality' }))).toBe('ok');

    const rested = await person(ana.tenant);
    for (let at = 0; at < MODULE.attemptsPerDay; at += 1) {
      const { id } = valueOf(await start(rested));
      await database.asAdmin(
        `insert into training_result select tenant, id, subject, module, digest, 0, 3, false, now() - interval '25 hours' from training_attempt where id = $1`,
        [id],
      );
    }
    expect(codeOf(await start(rested))).toBe('ok');
  });

  it('is answered by who began it, as it was begun', async () => {
    const begun = valueOf(await start(await person(ana.tenant)));
    const stranger = await person(await tenant());
    expect(codeOf(await submit(ana, begun, RIGHT))).toBe('NOT_FOUND');
    expect(codeOf(await submit(stranger, begun, RIGHT))).toBe('NOT_FOUND');
    const mine = valueOf(await start(await person(ana.tenant)));
    const owner: Context = { ...ana, actor: { ...ana.actor, subject: mine.subject } };
    expect(codeOf(await submit(owner, mine, RIGHT, CHANGED))).toBe('TRAINING_CHANGED');
    expect(codeOf(await submit(owner, mine, [{ question: 'four', choices: [] }]))).toBe('TRAINING_ANSWERS_INVALID');
    expect(codeOf(await submit(owner, mine, RIGHT))).toBe('ok');
  });

  it.each([
    [
      'passed without being told',
      `insert into training_result select tenant, $2, subject, module, digest, 3, 3, true, now(), now() + interval '1 year', null
        from training_attempt where tenant = $1 and id = $2`,
      'training_result_pass_is_told',
    ],
    [
      'passed by somebody else',
      `insert into training_result select tenant, $2, gen_random_uuid(), module, digest, 0, 3, false, now(), null, null
        from training_attempt where tenant = $1 and id = $2`,
      'foreign key',
    ],
    [
      'changed afterwards',
      `update training_result set until = now() + interval '9 years' where tenant = $1 and attempt <> $2`,
      'append-only',
    ],
  ])('is never %s, by the database', async (_, sql, why) => {
    const { id } = valueOf(await start(await person(ana.tenant)));
    await expect(database.asAdmin(sql, [ana.tenant, id])).rejects.toThrow(new RegExp(why, 'i'));
  });
});

describe('the text of the policy', () => {
  const edit = (files: BundleFiles, path: string, from: string | RegExp, to: string): BundleFiles => ({
    ...files,
    [path]: (files[path] ?? '').replace(from, to),
  });
  const acknowledge = (who: Context, bundle: BundleId) =>
    database.unitOfWork.write(who, (write) => acknowledgements.acknowledge(write, bundle));
  const isAcknowledged = (who: Context) =>
    database.unitOfWork.read(who, async (read) => acknowledgements.isAcknowledged(read, await policies.active(read), subjectOf(who)));

  it('is acknowledged once, and again when its words change', async () => {
    const here = await tenant();
    const [creator, one, two] = [await person(here), await person(here, 'policy-admin'), await person(here, 'policy-admin')];
    const activated = async (files: BundleFiles): Promise<BundleId> => {
      const { id } = valueOf(await database.unitOfWork.write(one, (write) => policies.draft(write, files)));
      return valueOf(await database.unitOfWork.write(two, (write) => policies.activate(write, id))).id;
    };
    const text = `{ version: '1', title: How we edit, text: Be kind. }`;
    const bundle = specimenWith({ 'data/acknowledgement.yaml': text });
    const first = await activated(bundle);
    expect(await isAcknowledged(creator)).toBe(false);
    expect(codeOf(await acknowledge(creator, newId('bundle')))).toBe('POLICY_NOT_CURRENT');
    const both = await Promise.all([acknowledge(creator, first), acknowledge(creator, first)]);
    expect(both.map(codeOf)).toEqual(['ok', 'ok']);
    expect(await told(creator, 'policy.acknowledged')).toHaveLength(1);
    expect([await isAcknowledged(creator), await isAcknowledged(one)]).toEqual([true, false]);

    await activated(edit(edit(bundle, 'bundle.yaml', '1.2.3', '1.3.0'), 'data/thresholds.yaml', 'why: House', 'why: Fair'));
    expect(await isAcknowledged(creator)).toBe(true);

    const reworded = edit(edit(bundle, 'bundle.yaml', '1.2.3', '1.4.0'), 'data/acknowledgement.yaml', 'kind', 'kinder');
    const third = await activated(reworded);
    expect(await isAcknowledged(creator)).toBe(false);
    expect(codeOf(await acknowledge(creator, first))).toBe('POLICY_NOT_CURRENT');
    expect(codeOf(await acknowledge(creator, third))).toBe('ok');

    const last = await activated(edit(specimenWith({}), 'bundle.yaml', '1.2.3', '1.5.0'));
    expect(codeOf(await acknowledge(creator, last))).toBe('NOTHING_TO_ACKNOWLEDGE');
    expect(await isAcknowledged(one)).toBe(true);
  });
});
