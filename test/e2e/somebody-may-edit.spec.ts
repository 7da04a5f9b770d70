import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { parse } from 'yaml';
import { Person, type Refused, TestService } from '../support/service';
import { acknowledge, DRAFT, type Item, type Purpose, Story } from '../support/story';

interface Module {
  readonly id: string;
  readonly state: string;
  readonly passedUntil: string | null;
}
interface Attempt {
  readonly id: string;
  readonly questions: readonly { readonly id: string; readonly choices: readonly { readonly id: string }[] }[];
  readonly result: { readonly passed: boolean; readonly right: number; readonly asked: number; readonly until: string | null } | null;
}

const ADVERTISING: Purpose = { useCase: 'advertising', channel: 'display' };
const ATTEMPT = 'attempt { id questions { id isMultiple choices { id text } } result { passed right asked until } }';
const key = (): string => randomBytes(8).toString('hex');
const training = parse(readFileSync(join(__dirname, '../../policies/starter/data/training.yaml'), 'utf8')) as {
  modules: { id: string; questions: { id: string; right: string[] }[] }[];
};

async function run(
  person: Person,
  operation: string,
  input: Record<string, unknown>,
): Promise<Refused | { __typename: string; attempt: Attempt }> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const answer = await person.graphql<Record<string, Refused | { __typename: string; attempt: Attempt }>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ... on ${type}Success { ${ATTEMPT} } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: key(), ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

async function attempted(person: Person, operation: string, input: Record<string, unknown>): Promise<Attempt> {
  const answer = await run(person, operation, input);
  if (!('attempt' in answer)) throw new Error(JSON.stringify(answer));
  return answer.attempt;
}

const modulesOf = async (person: Person): Promise<readonly Module[]> =>
  (await person.graphql<{ trainingModules: Module[] }>('{ trainingModules { id state passedUntil } }')).trainingModules;

/** Begins a module and answers it, rightly or always with the first choice that is put. */
async function sit(person: Person, module: string, rightly: boolean): Promise<Attempt> {
  const attempt = await attempted(person, 'startTraining', { module });
  const right = new Map(training.modules.find(({ id }) => id === module)?.questions.map((question) => [question.id, question.right]));
  const answers = attempt.questions.map(({ id, choices }) => ({
    question: id,
    choices: rightly ? (right.get(id) ?? []) : choices.slice(0, 1).map((choice) => choice.id),
  }));
  return attempted(person, 'submitTraining', { attempt: attempt.id, answers: rightly ? answers : answers.slice(0, 3) });
}

describe('somebody may edit', () => {
  let service: TestService;
  let story: Story;
  let asset: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.beforeReading(service);
    asset = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#4a7' } })
        .png()
        .toBuffer(),
    );
    await story.screened(asset);
  }, 120_000);
  afterAll(() => service?.close());

  const edited = async (purpose: Purpose): Promise<Item> => (await story.edit(asset, 'brighten by 10%', purpose)).item;
  const rulesOf = ({ verdicts }: Item): readonly string[] => verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule));

  it('after acknowledging the text of the policy', async () => {
    const refused = await edited(DRAFT);
    expect([refused.state, rulesOf(refused)]).toEqual(['REFUSED', ['usage.not-acknowledged.refuse']]);

    const DUTIES = '{ duties { usage { title version text acknowledgedAt } trainings { id state useCases } } }';
    type Duties = { duties: { usage: { title: string; text: string; acknowledgedAt: string | null }; trainings: Module[] } };
    const { duties } = await story.creator.graphql<Duties>(DUTIES);
    expect(duties.usage).toMatchObject({ title: 'How we edit pictures', acknowledgedAt: null });
    expect(duties.usage.text).toContain('You leave credits');
    expect(duties.trainings.map(({ id, state }) => [id, state])).toEqual([
      ['attribution', 'NOT_PASSED'],
      ['consent', 'NOT_PASSED'],
      ['quality', 'NOT_PASSED'],
    ]);
    await acknowledge(story.creator);
    await acknowledge(story.creator);
    expect((await story.creator.graphql<Duties>(DUTIES)).duties.usage.acknowledgedAt).not.toBeNull();
    expect((await edited(DRAFT)).state).toBe('RELEASED');
  }, 60_000);

  it('as a service, by its key, in the same way', async () => {
    const { createApiKey } = await (
      await service.signIn('tom')
    ).graphql<{ createApiKey: { secret: string } }>(
      `mutation { createApiKey(input: { idempotencyKey: "${key()}" name: "shop" roles: [INTEGRATOR] }) { ... on CreateApiKeySuccess { secret } } }`,
    );
    const shop = new Story(new Person(service.url, createApiKey.secret), story.approver, story.legal, story.auditor);
    const picture = await shop.upload(
      await sharp({ create: { width: 300, height: 240, channels: 3, background: '#74a' } })
        .png()
        .toBuffer(),
    );
    await shop.screened(picture);
    expect((await shop.edit(picture, 'brighten by 10%', DRAFT)).item.state).toBe('REFUSED');
    await acknowledge(shop.creator);
    expect((await shop.edit(picture, 'brighten by 10%', DRAFT)).item.state).toBe('RELEASED');
  }, 60_000);

  it('for advertising, after passing its modules, and nobody is told what is right', async () => {
    const held = await edited(ADVERTISING);
    expect([held.state, rulesOf(held)]).toEqual(['HELD_BEFORE', ['usage.training-missing.hold']]);

    const begun = await attempted(story.creator, 'startTraining', { module: 'attribution' });
    expect(JSON.stringify(begun)).not.toMatch(/"right":\[/);
    const failed = await sit(story.creator, 'attribution', false);
    expect(failed.id).toBe(begun.id);
    expect(failed.result).toMatchObject({ passed: false, asked: 5, until: null });
    for (const module of ['attribution', 'consent'])
      expect((await sit(story.creator, module, true)).result).toMatchObject({ passed: true, right: 5 });
    expect((await modulesOf(story.creator)).map(({ state }) => state)).toEqual(['PASSED', 'PASSED', 'NOT_PASSED']);
    expect(rulesOf(await edited(ADVERTISING))).not.toContain('usage.training-missing.hold');

    expect(await run(story.creator, 'startTraining', { module: 'no-such' })).toMatchObject({ code: 'NOT_FOUND' });
    for (let at = 0; at < 5; at += 1) await sit(story.legal, 'quality', false);
    expect(await run(story.legal, 'startTraining', { module: 'quality' })).toMatchObject({ code: 'TRAINING_TOO_OFTEN' });
  }, 60_000);

  it('and administrators and auditors see who has', async () => {
    const { viewer } = await story.creator.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
    const document = `{ memberTraining(member: "${viewer.id}") { acknowledgedAt trainings { module state passedUntil } } }`;
    const { memberTraining } = await story.auditor.graphql<{ memberTraining: { acknowledgedAt: string; trainings: Module[] } }>(document);
    expect(memberTraining.acknowledgedAt).not.toBeNull();
    expect(memberTraining.trainings.map(({ state }) => state)).toEqual(['PASSED', 'PASSED', 'NOT_PASSED']);
    expect(JSON.stringify(await story.approver.post(document))).toContain('FORBIDDEN');
    const { auditEvents } = await story.auditor.graphql<{ auditEvents: { edges: { node: { type: string } }[] } }>(
      '{ auditEvents(filter: { types: ["policy.acknowledged", "training.passed"] }) { edges { node { type } } } }',
    );
    expect(auditEvents.edges.map(({ node }) => node.type).sort()).toEqual([
      'policy.acknowledged',
      'policy.acknowledged',
      'training.passed',
      'training.passed',
    ]);
  });

  it('but exports no more than a person does in a day', async () => {
    const version = (await edited(DRAFT)).resultVersion?.id ?? '';
    const oldest = new Date(Date.now() - 20 * 3_600_000);
    await service.database.asAdmin(
      `insert into export (tenant, id, version, asset, state, format, requested_by, created_at)
        select s.tenant, gen_random_uuid(), $1, gen_random_uuid(), 'requested', 'png', s.id, $2::timestamptz + make_interval(secs => n)
          from subject s join turn t on t.tenant = s.tenant and t.submitted_by = s.id and s.kind = 'person', generate_series(0, 199) n
          group by s.tenant, s.id, n`,
      [version.slice('version_'.length), oldest],
    );
    const started = await story.startExport(version, 'PNG');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    const { id } = started.export;
    expect(await story.exported(id)).toMatchObject({ state: 'FAILED', failure: 'export.daily-limit.throttle', fileUrl: null });
    const { export: kept } = await story.creator.graphql<{ export: Record<string, string> }>(
      `{ export(id: "${id}") { failureReason failureRemedy retryAt } }`,
    );
    expect(kept.failureReason).toBe('You made 200 exports in the last 24 hours, which is the limit for one person.');
    expect(kept.failureRemedy).toMatch(/^Ask for it again/);
    expect(new Date(kept.retryAt ?? 0)).toEqual(new Date(oldest.getTime() + 86_400_000));
  }, 60_000);
});
