import { join } from 'node:path';
import sharp from 'sharp';
import { readBundleFolder } from '@imprimatur/domain/policies';
import { type Person, type Refused, TestService, until } from '../support/service';
import { DRAFT, type Item, Story } from '../support/story';

const STARTER = readBundleFolder(join(__dirname, '../../policies/starter'));
/** Marketing takes Legal and an approver, who can take their decision back for a second. */
const FOUR_EYES: Readonly<Record<string, string>> = {
  ...STARTER,
  'bundle.yaml': (STARTER['bundle.yaml'] ?? '').replace(/^version: .*$/m, 'version: 1.9.0'),
  'data/queues.yaml': (STARTER['data/queues.yaml'] ?? '').replace(
    'dueMinutes: 1440, publication: true',
    'dueMinutes: 1440, publication: true, undoSeconds: 1, approvals: [{ role: legal }, { role: approver }]',
  ),
};
const REFUSED = '... on Refused { __typename code message remedy }';
let keys = 0;

type Answer = Refused | { readonly __typename: string; readonly [field: string]: unknown };

/** One mutation; `fields` of its success. */
async function mutate(person: Person, operation: string, input: Record<string, unknown>, fields = ''): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const success = fields === '' ? '' : `... on ${type}Success { ${fields} }`;
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ${success} ${REFUSED} } }`,
    { input: { idempotencyKey: `several-${(keys += 1)}`, ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const codeOf = (answer: Answer): string => ('code' in answer ? String(answer.code) : answer.__typename);

describe('decisions of several people', () => {
  let service: TestService;
  let story: Story;
  let asset: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    asset = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#47a' } })
        .jpeg()
        .toBuffer(),
    );
    await story.screened(asset);
  }, 120_000);
  afterAll(() => service?.close());

  /** Claims and decides; the code of what is in the way, or `DecideTaskSuccess`. */
  async function decide(person: Person, task: string, decision: Record<string, unknown> = {}): Promise<string> {
    const claim = await story.claim(person, task);
    if (claim.__typename === 'Refused') return claim.code;
    const { leaseToken } = claim;
    const { contentSha256 } = claim.task;
    return codeOf(
      await mutate(person, 'decideTask', { task, leaseToken, contentSha256, outcome: 'APPROVE', reasonCode: 'meets-policy', ...decision }),
    );
  }
  const REJECT = { outcome: 'REJECT', reasonCode: 'off-brand', text: 'Not our blue.' };
  const taskOf = (item: Item): string => item.reviewTask?.id ?? '';
  const opened = (answer: Answer): string => ('task' in answer ? (answer.task as { id: string }).id : codeOf(answer));
  const exported = (version: string, declares: readonly string[]) =>
    mutate(story.creator, 'exportVersion', { version, declares }, 'export { id }');

  it('approve what was released without a person, under conditions that bind its export and the next turns', async () => {
    const purpose = { ...DRAFT, channel: 'website' };
    const session = await story.session([asset], purpose);
    const item = await story.settled(await story.submit(session, asset, 'make it black and white'));
    expect(item.state).toBe('RELEASED');
    const version = item.resultVersion?.id ?? '';
    const started = await exported(version, []);
    const first = await story.exported('export' in started ? (started.export as { id: string }).id : '');
    expect(first).toMatchObject({ state: 'FAILED', failure: 'export.not-approved' });
    const { version: shown } = await story.creator.graphql<{ version: { exports: { remedy: string }[] } }>(
      'query($id: ID!) { version(id: $id) { exports { remedy } } }',
      { id: version },
    );
    expect(JSON.stringify(shown)).toContain('requestPublication');
    const task = opened(await mutate(story.creator, 'requestPublication', { version, reason: 'Our home page.' }, 'task { id }'));
    const conditions = [{ code: 'label-required' }, { code: 'keep-framing' }];
    expect(await decide(story.approver, task, { conditions })).toBe('DecideTaskSuccess');
    expect(codeOf(await exported(version, []))).toBe('CONDITION_NOT_MET');
    const again = await exported(version, ['label-required']);
    expect(await story.exported('export' in again ? (again.export as { id: string }).id : '')).toMatchObject({ state: 'DONE' });
    const turned = await story.settled(await story.submit(session, asset, 'rotate 90 degrees'));
    expect([turned.state, JSON.stringify(turned.verdicts)]).toEqual(['REFUSED', expect.stringContaining('condition.keep-framing')]);
  }, 90_000);

  it('are looked at again on appeal, by somebody else, who sees the first one and turns it over', async () => {
    const { item, turn } = await story.edit(asset, 'brighten by 10%');
    const pins = [{ x: 0.25, y: 1, text: 'Here.' }];
    expect(await decide(story.approver, taskOf(item), { ...REJECT, pins })).toBe('PIN_INVALID');
    expect(await decide(story.approver, taskOf(item), REJECT)).toBe('DecideTaskSuccess');
    expect(await story.item(turn)).toMatchObject({ state: 'REJECTED' });
    const appeal = { item: item.id, reason: 'It is the blue of the season.' };
    const fields = 'task { id kind requestReason follows { decisions { outcome reasonCode text fate } } }';
    const appealed = await mutate(story.creator, 'appealDecision', appeal, fields);
    expect(appealed).toMatchObject({
      task: {
        kind: 'APPEAL',
        requestReason: appeal.reason,
        follows: { decisions: [{ outcome: 'REJECT', reasonCode: 'off-brand', text: 'Not our blue.', fate: 'FOLLOWED' }] },
      },
    });
    expect(await decide(story.approver, opened(appealed))).toBe('DECIDED_BEFORE');
    expect(await decide(story.legal, opened(appealed))).toBe('DecideTaskSuccess');
    expect(await story.item(turn)).toMatchObject({ state: 'RELEASED' });
    const { ruleFeedback } = await story.legal.graphql<{ ruleFeedback: { rule: string; overturned: number }[] }>(
      '{ ruleFeedback { rule overturned } }',
    );
    expect(ruleFeedback[0]).toEqual({ rule: 'release.marketing', overturned: 1 });
    expect(await story.events(item.id)).toEqual(
      expect.arrayContaining(['item.rejected', 'item.appealed', 'task.overturned', 'item.released']),
    );
  }, 60_000);

  it('are not appealed once the right to the picture has ended', async () => {
    const plain = sharp({ create: { width: 240, height: 320, channels: 3, background: '#a47' } });
    const theirs = await story.upload(await plain.jpeg().toBuffer(), 'theirs.jpg');
    await story.screened(theirs);
    const before = await story.edit(theirs, 'add the text "vote for change" at the bottom');
    const after = await story.edit(theirs, 'brighten by 10%');
    expect([before.item.state, after.item.state]).toEqual(['HELD_BEFORE', 'HELD']);
    for (const { item } of [before, after]) expect(await decide(story.legal, taskOf(item), REJECT)).toBe('DecideTaskSuccess');
    await service.database.asAdmin(`update version set blocked_at = now() where asset = $1`, [theirs.slice('asset_'.length)]);
    for (const { item, turn } of [before, after]) {
      const appealed = await mutate(story.creator, 'appealDecision', { item: item.id, reason: 'It is the blue of the season.' });
      expect(appealed).toMatchObject({ code: 'APPEAL_REFUSED', message: 'The right to the picture has ended.' });
      expect((await story.item(turn)).state).toBe('REJECTED');
    }
  }, 60_000);

  it('are about one picture: a newer turn needs its own; and changes are asked for where they are wanted', async () => {
    const session = await story.session([asset]);
    const older = await story.settled(await story.submit(session, asset, 'brighten by 10%'));
    const newer = await story.settled(await story.submit(session, asset, 'brighten by 10%'));
    const claim = await story.claim(story.approver, taskOf(older));
    if (claim.__typename === 'Refused') throw new Error(claim.code);
    const stale = { contentSha256: claim.task.contentSha256 };
    expect(await decide(story.legal, taskOf(newer), stale)).toBe('STALE_CONTENT');
    expect(await decide(story.approver, taskOf(older))).toBe('DecideTaskSuccess');
    expect(codeOf(await exported(newer.resultVersion?.id ?? '', []))).toBe('VERSION_NOT_RELEASED');
    const pins = [{ x: 0.25, y: 1, text: 'A little less here.' }];
    const changes = { outcome: 'REQUEST_CHANGES', reasonCode: 'fix-artefact', text: 'Too bright.', pins };
    expect(await decide(story.legal, taskOf(newer), changes)).toBe('DecideTaskSuccess');
    const { reviewTask } = await story.creator.graphql<{ reviewTask: { pins: { id: string; x: number; y: number; text: string }[] } }>(
      'query($id: ID!) { reviewTask(id: $id) { pins { id x y text } } }',
      { id: taskOf(newer) },
    );
    expect(reviewTask.pins).toMatchObject(pins);
    const pin = reviewTask.pins[0]?.id ?? '';
    const thread = 'pin { resolvedAt comments { edges { node { text } } } }';
    expect(await mutate(story.creator, 'commentOnPin', { pin, text: 'Done.' }, thread)).toMatchObject({
      pin: { resolvedAt: null, comments: { edges: [{ node: { text: 'Done.' } }] } },
    });
    expect(await mutate(story.approver, 'resolvePin', { pin }, thread)).toMatchObject({
      pin: { resolvedAt: expect.stringMatching(/^20/) as string },
    });
    expect(codeOf(await mutate(story.creator, 'commentOnPin', { pin, text: 'And?' }))).toBe('PIN_RESOLVED');
  }, 60_000);

  it('many of one kind are decided at once, each for itself', async () => {
    const { item: one } = await story.edit(asset, 'brighten by 10%');
    const { item: other } = await story.edit(asset, 'brighten by 10%');
    const { item: skipped } = await story.edit(asset, 'brighten by 10%');
    const claim = await story.claim(story.approver, taskOf(skipped));
    if (claim.__typename === 'Refused') throw new Error(claim.code);
    const skip = { task: taskOf(skipped), leaseToken: claim.leaseToken, ground: 'PERSONAL' };
    expect(codeOf(await mutate(story.approver, 'skipTask', skip))).toBe('SkipTaskSuccess');
    const shown = await story.approver.graphql<Record<string, { contentSha256: string }>>(
      `{ ${[one, other].map((item, at) => `t${at}: reviewTask(id: "${taskOf(item)}") { contentSha256 }`).join(' ')} }`,
    );
    const tasks = [
      { task: taskOf(one), contentSha256: shown.t0?.contentSha256 },
      { task: taskOf(other), contentSha256: '0'.repeat(64) },
      { task: taskOf(skipped), contentSha256: claim.task.contentSha256 },
    ];
    const answer = await mutate(
      story.approver,
      'decideTasks',
      { tasks, outcome: 'APPROVE', reasonCode: 'meets-policy' },
      'tasks { task refused { code } }',
    );
    expect(answer).toMatchObject({
      tasks: [
        { task: taskOf(one), refused: null },
        { task: taskOf(other), refused: { code: 'STALE_CONTENT' } },
        { task: taskOf(skipped), refused: { code: 'TASK_SKIPPED' } },
      ],
    });
  }, 60_000);

  it('take four eyes under the policy that is active, and none of its author or of whoever was demoted', async () => {
    const [tom, pia] = [await service.signIn('tom'), await service.signIn('pia')];
    const id = async (person: Person): Promise<string> => (await person.graphql<{ viewer: { id: string } }>('{ viewer { id } }')).viewer.id;
    const role = async (operation: 'grantRole' | 'revokeRole', member: Person, name: string): Promise<void> => {
      expect(codeOf(await mutate(tom, operation, { member: await id(member), role: name }))).toMatch(/Success$/);
    };
    const { item, turn } = await story.edit(asset, 'brighten by 10%');
    const passedOn = await story.edit(asset, 'brighten by 10%');
    const escalation = { outcome: 'ESCALATE', reasonCode: 'needs-legal', text: 'A case for Legal.' };
    expect(await decide(story.approver, taskOf(passedOn.item), escalation)).toBe('DecideTaskSuccess');
    const sent = await fetch(`${service.url}/policy-bundles`, {
      method: 'POST',
      headers: pia.headers({ 'content-type': 'application/vnd.imprimatur.policy-bundle+json', 'idempotency-key': 'four-eyes' }),
      body: JSON.stringify({ files: FOUR_EYES }),
    });
    const { policyVersion } = (await sent.json()) as { policyVersion: { id: string } };
    await role('grantRole', story.legal, 'POLICY_ADMIN');
    expect(codeOf(await mutate(story.legal, 'activatePolicy', { policyVersion: policyVersion.id }))).toBe('ActivatePolicySuccess');
    expect(await decide(story.approver, taskOf(item))).toBe('POLICY_CHANGED');
    const rejudged = await mutate(story.approver, 'rejudgeTask', { task: taskOf(item) }, 'task { id approvals follows { state } }');
    expect(rejudged).toMatchObject({ task: { approvals: ['LEGAL', 'APPROVER'], follows: { state: 'VOIDED' } } });
    const task = opened(rejudged);
    // what was passed on stays with those whom it was passed on to
    const escalated = taskOf(await story.item(passedOn.turn));
    expect(await mutate(story.approver, 'rejudgeTask', { task: escalated }, 'task { queue approvals follows { queue } }')).toMatchObject({
      task: { queue: 'legal', approvals: [null], follows: { queue: 'legal' } },
    });
    await role('grantRole', pia, 'APPROVER');
    expect(await decide(pia, task)).toBe('SELF_APPROVAL');

    const claim = await story.claim(story.approver, task);
    if (claim.__typename === 'Refused') throw new Error(claim.code);
    await role('revokeRole', story.approver, 'APPROVER');
    const late = { leaseToken: claim.leaseToken, contentSha256: claim.task.contentSha256, outcome: 'APPROVE', reasonCode: 'meets-policy' };
    expect(codeOf(await mutate(story.approver, 'decideTask', { task, ...late }))).toBe('FORBIDDEN');
    await role('grantRole', story.approver, 'APPROVER');

    expect(await decide(story.approver, task)).toBe('DecideTaskSuccess');
    expect(await decide(story.approver, task)).toBe('APPROVED_ALREADY');
    expect(await story.item(turn)).toMatchObject({ state: 'HELD', reviewTask: { state: 'OPEN' } });
    expect(await decide(story.legal, task)).toBe('DecideTaskSuccess');
    const released = await until(
      () => story.item(turn),
      ({ state }) => state !== 'HELD',
    );
    expect(released.state).toBe('RELEASED');
    const { reviewTask } = await story.creator.graphql<{ reviewTask: { decisions: { approval: number; fate: string }[] } }>(
      'query($id: ID!) { reviewTask(id: $id) { decisions { approval fate } } }',
      { id: task },
    );
    expect(reviewTask.decisions).toEqual([
      { approval: 2, fate: 'FOLLOWED' },
      { approval: 1, fate: 'FOLLOWED' },
    ]);
  }, 90_000);
});
