import sharp from 'sharp';
import { type Person, type Refused, TestService } from '../support/service';
import { DRAFT, type Item, Story } from '../support/story';

interface Exception {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly isBreakGlass: boolean;
  readonly justified: boolean | null;
}

type Answer = Refused | { readonly __typename: string; readonly exception: Exception };

const FIELDS = '{ exception { id state reason isBreakGlass justified } }';
const RULE = 'usage.sexual.hold';
const PROMPT = 'add the text "nude art" in the top left';
const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();
let keys = 0;

async function run(person: Person, operation: string, input: Record<string, unknown>): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ... on ${type}Success ${FIELDS} ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: `exception-${(keys += 1)}`, ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

function exceptionOf(answer: Answer): Exception {
  if (!('exception' in answer)) throw new Error(JSON.stringify(answer));
  return answer.exception;
}

const codeOf = (answer: Answer): string => ('code' in answer ? answer.code : answer.__typename);

describe('an exception is agreed', () => {
  let service: TestService;
  let story: Story;
  let officer: Person;
  let asset: string;
  let session: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    officer = await service.signIn('pia');
    asset = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#a74' } })
        .jpeg()
        .toBuffer(),
    );
    await story.screened(asset);
    session = await story.session([asset], DRAFT);
  }, 120_000);
  afterAll(() => service?.close());

  const edited = async (inSession = session): Promise<Item> => story.settled(await story.submit(inSession, asset, PROMPT));
  const wish = (more: object = {}) => ({
    rule: RULE,
    scopeKind: 'SESSION',
    scope: session,
    reason: 'Catalogue of the sculpture museum, contract 12.',
    until: hours(48),
    ...more,
  });

  it('by two people, for one session, and stands in the verdict', async () => {
    expect((await edited()).state).toBe('HELD_BEFORE');

    const proposed = exceptionOf(await run(officer, 'proposePolicyException', wish()));
    expect(proposed).toMatchObject({ state: 'PROPOSED', isBreakGlass: false, reason: 'Catalogue of the sculpture museum, contract 12.' });
    expect((await edited()).state).toBe('HELD_BEFORE');
    expect(codeOf(await run(officer, 'approvePolicyException', { exception: proposed.id }))).toBe('EXCEPTION_NEEDS_ANOTHER');
    expect(codeOf(await run(story.creator, 'approvePolicyException', { exception: proposed.id }))).toBe('FORBIDDEN');

    const both = await Promise.all([1, 2].map(() => run(story.legal, 'approvePolicyException', { exception: proposed.id })));
    expect(both.map(codeOf).sort()).toEqual(['ApprovePolicyExceptionSuccess', 'EXCEPTION_NOT_OPEN']);
    const item = await edited();
    expect(['RELEASED', 'HELD']).toContain(item.state);
    const [usage] = await service.database.asAdmin<{ evidence: { excepted?: unknown } }>(
      `select evidence from verdict where item = $1 and gate = 'usage'`,
      [item.id.slice('item_'.length)],
    );
    expect(usage?.evidence.excepted).toEqual([expect.objectContaining({ rule: RULE, outcome: 'hold', exception: proposed.id.slice(10) })]);
    expect((await edited(await story.session([asset], DRAFT))).state).toBe('HELD_BEFORE');

    const ended = exceptionOf(
      await run(story.legal, 'endPolicyException', { exception: proposed.id, reason: 'The catalogue is printed.' }),
    );
    expect(ended.state).toBe('ENDED');
    expect((await edited()).state).toBe('HELD_BEFORE');
    expect(codeOf(await run(officer, 'endPolicyException', { exception: proposed.id, reason: 'again' }))).toBe('EXCEPTION_NOT_OPEN');
  }, 120_000);

  it('or the glass is broken, and somebody else looks at it afterwards', async () => {
    expect(codeOf(await run(story.creator, 'breakGlass', wish({ until: hours(2) })))).toBe('FORBIDDEN');
    expect(codeOf(await run(story.legal, 'breakGlass', wish({ until: hours(48) })))).toBe('EXCEPTION_INVALID');
    const broken = exceptionOf(await run(story.legal, 'breakGlass', wish({ until: hours(2) })));
    expect(broken).toMatchObject({ state: 'ACTIVE', isBreakGlass: true, justified: null });
    expect((await edited()).state).not.toBe('HELD_BEFORE');

    const waiting = async (): Promise<readonly string[]> =>
      (
        await story.auditor.graphql<{ policyExceptions: { edges: { node: { id: string } }[] } }>(
          '{ policyExceptions(needsReview: true) { edges { node { id } } } }',
        )
      ).policyExceptions.edges.map(({ node }) => node.id);
    expect(await waiting()).toEqual([broken.id]);
    const judged = { exception: broken.id, justified: false, reason: 'It could have waited.' };
    expect(codeOf(await run(story.legal, 'reviewBreakGlass', judged))).toBe('EXCEPTION_NEEDS_ANOTHER');
    expect(exceptionOf(await run(officer, 'reviewBreakGlass', judged))).toMatchObject({ justified: false });
    expect(await waiting()).toEqual([]);

    const { auditEvents } = await story.auditor.graphql<{ auditEvents: { edges: { node: { type: string } }[] } }>(
      '{ auditEvents(filter: { types: ["exception.glass-broken", "exception.reviewed", "exception.proposed", "exception.approved", "exception.ended"] }) { edges { node { type } } } }',
    );
    expect(auditEvents.edges.map(({ node }) => node.type).sort()).toEqual([
      'exception.approved',
      'exception.ended',
      'exception.glass-broken',
      'exception.proposed',
      'exception.reviewed',
    ]);
  }, 120_000);

  it('from no rule that refuses, none that nobody knows, and for nothing that is not there', async () => {
    const absent = `session_${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`;
    const answers = await Promise.all([
      run(officer, 'proposePolicyException', wish({ rule: 'usage.ncii.refuse' })),
      run(officer, 'proposePolicyException', wish({ rule: 'no.such' })),
      run(officer, 'proposePolicyException', wish({ scope: absent })),
      run(officer, 'proposePolicyException', wish({ scope: asset })),
      run(officer, 'proposePolicyException', wish({ scopeKind: 'USE_CASE', scope: 'no-such-case' })),
      run(officer, 'proposePolicyException', wish({ reason: '' })),
      run(officer, 'proposePolicyException', wish({ until: hours(-1) })),
    ]);
    expect(answers.map(codeOf)).toEqual([
      'RULE_NOT_EXCEPTABLE',
      'RULE_NOT_EXCEPTABLE',
      'NOT_FOUND',
      'NOT_FOUND',
      'EXCEPTION_INVALID',
      'EXCEPTION_INVALID',
      'EXCEPTION_INVALID',
    ]);
    expect(service.log()).not.toContain('sculpture museum');
  });
});
