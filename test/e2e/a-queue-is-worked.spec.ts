import { randomBytes } from 'node:crypto';
import { type Person, type Refused, TestService, until } from '../support/service';
import { PORTRAIT, Story } from '../support/story';

interface Task {
  readonly id: string;
  readonly state: string;
  readonly queue: string;
  readonly priority: number;
  readonly breachedAt: string | null;
  readonly restsUntil: string | null;
  readonly isDelegated: boolean;
}

type Answer =
  | Refused
  | { readonly __typename: string; readonly task: Task; readonly leaseToken?: string; readonly absence?: { deputy: string } | null };

const TASK = 'id state queue priority breachedAt restsUntil isDelegated';
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

async function run(
  person: Person,
  operation: string,
  input: Record<string, unknown> = {},
  key = randomBytes(8).toString('hex'),
): Promise<Answer> {
  const type = operation.charAt(0).toUpperCase() + operation.slice(1);
  const success = operation === 'setAbsence' ? 'SetAbsenceSuccess' : operation.startsWith('claim') ? 'ClaimTaskSuccess' : `${type}Success`;
  const fields =
    operation === 'setAbsence' ? 'absence { deputy }' : `task { ${TASK} }${operation.startsWith('claim') ? ' leaseToken' : ''}`;
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ... on ${success} { ${fields} } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: key, ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const codeOf = (answer: Answer): string => ('code' in answer ? answer.code : 'ok');

/** A task in hand, and what it is named by. */
function handOf(answer: Answer): { readonly task: string; readonly leaseToken: string } {
  if (!('task' in answer) || answer.leaseToken === undefined) throw new Error(JSON.stringify(answer));
  return { task: answer.task.id, leaseToken: answer.leaseToken };
}

describe('a queue is worked', () => {
  let service: TestService;
  let story: Story;
  let task = '';
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    const key = randomBytes(8).toString('hex');
    // a poller that asks before there is anything asks again under the same key
    expect(codeOf(await run(story.approver, 'claimNextTask', {}, key))).toBe('QUEUE_EMPTY');
    const asset = await story.upload(PORTRAIT);
    await story.screened(asset);
    await story.consent(asset);
    const { item } = await story.edit(asset, 'brighten by 10%');
    task = item.reviewTask?.id ?? '';
    expect(handOf(await run(story.approver, 'claimNextTask', {}, key)).task).toBe(task);
  }, 120_000);
  afterAll(() => service?.close());

  it('by two who hand it to each other, until one wants it no more', async () => {
    const { approver, legal } = story;
    const held = handOf(await run(approver, 'claimTask', { task }));
    expect(await run(approver, 'extendLease', held)).toMatchObject({ task: { state: 'CLAIMED' } });
    expect(await run(approver, 'returnTask', held)).toMatchObject({ task: { state: 'OPEN' } });
    expect(codeOf(await run(approver, 'returnTask', held))).toBe('LEASE_LOST');

    const again = handOf(await run(approver, 'claimNextTask'));
    expect(await run(approver, 'snoozeTask', { ...again, until: inAnHour() })).toMatchObject({
      task: { state: 'OPEN', restsUntil: expect.any(String) as unknown },
    });
    expect(codeOf(await run(legal, 'claimNextTask'))).toBe('QUEUE_EMPTY');

    const reviewers = async (
      person: Person,
    ): Promise<readonly { id: string; displayName: string; lastSeenAt: string | null; holds: readonly Task[] }[]> =>
      (await person.graphql<{ reviewers: [] }>('{ reviewers { id displayName lastSeenAt holds { id } } }')).reviewers;
    const { viewer } = await legal.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
    const byId = handOf(await run(approver, 'claimTask', { task }));
    expect((await reviewers(legal)).find(({ holds }) => holds.length > 0)).toMatchObject({
      lastSeenAt: expect.any(String) as unknown,
      holds: [{ id: task }],
    });
    expect(await run(approver, 'delegateTask', { ...byId, to: viewer.id, text: 'You drew the contract up.' })).toMatchObject({
      task: { isDelegated: true },
    });
    expect(codeOf(await run(approver, 'claimTask', { task }))).toBe('TASK_DELEGATED');
    const { notices } = await legal.graphql<{ notices: { edges: { node: object }[] } }>(
      '{ notices { edges { node { kind task consent } } } }',
    );
    expect(notices.edges[0]?.node).toEqual({ kind: 'TASK_DELEGATED', task, consent: null });

    const theirs = handOf(await run(legal, 'claimNextTask'));
    expect(codeOf(await run(legal, 'skipTask', { ...theirs, ground: 'CONFLICT_OF_INTEREST' }))).toBe('ok');
    expect([codeOf(await run(legal, 'claimNextTask')), codeOf(await run(legal, 'claimTask', { task }))]).toEqual([
      'QUEUE_EMPTY',
      'TASK_SKIPPED',
    ]);
  }, 60_000);

  it('by somebody else while one is away; and what nobody decides is told', async () => {
    const { approver, legal } = story;
    const { viewer } = await approver.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
    const away = { from: new Date().toISOString(), until: inAnHour(), deputy: viewer.id, text: 'On leave.' };
    expect(await run(legal, 'setAbsence', { absence: away })).toMatchObject({ absence: { deputy: viewer.id } });
    expect(codeOf(await run(legal, 'claimNextTask'))).toBe('REVIEWER_ABSENT');
    expect(await run(legal, 'setAbsence')).toMatchObject({ absence: null });

    // as if its time were over
    const id = task.slice('task_'.length);
    await service.database.asAdmin(`update review_task set due_at = now() - interval '1 minute' where id = $1`, [id]);
    await service.database.asAdmin(`update job set run_at = now() where kind = 'task-clock' and key = $1 and state = 'queued'`, [id]);
    const late = await until(
      () =>
        approver.graphql<{ reviewQueue: { edges: { node: Task }[] } }>(`{ reviewQueue(breached: true) { edges { node { ${TASK} } } } }`),
      ({ reviewQueue }) => reviewQueue.edges.length > 0,
    );
    expect(late.reviewQueue.edges[0]?.node).toMatchObject({ id: task, state: 'OPEN', breachedAt: expect.any(String) as unknown });
    const { reviewQueues } = await approver.graphql<{
      reviewQueues: { id: string; waiting: number; breached: number; priority: number }[];
    }>('{ reviewQueues { id title priority hours waiting claimed breached oldestAt } }');
    expect(reviewQueues[0]).toMatchObject({ id: 'policy', priority: 0, waiting: 0 });
    expect(reviewQueues.filter(({ waiting }) => waiting > 0)).toEqual([expect.objectContaining({ waiting: 1, breached: 1, claimed: 0 })]);
    const { notices } = await legal.graphql<{ notices: { edges: { node: object }[] } }>('{ notices { edges { node { kind task } } } }');
    expect(notices.edges[0]?.node).toEqual({ kind: 'TASK_BREACHED', task });

    expect(codeOf(await run(approver, 'claimTask', { task }))).toBe('ok');
    const mine = await approver.graphql<{ reviewQueue: { edges: { node: { id: string } }[] } }>(
      '{ reviewQueue(mine: true, state: CLAIMED) { edges { node { id } } } }',
    );
    expect(mine.reviewQueue.edges.map(({ node }) => node.id)).toEqual([task]);
    expect(service.log()).not.toMatch(/drew the contract|On leave/);
  }, 60_000);
});
