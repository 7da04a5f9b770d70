import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { isInShare, readBundleFolder } from '@imprimatur/domain/policies';
import type { SessionId } from '@imprimatur/kernel';
import { type Person, type Refused, TestService, until } from '../support/service';
import { DRAFT, MARKETING, type Purpose, Story } from '../support/story';

const STARTER = readBundleFolder(join(__dirname, '../../policies/starter'));
const execute = promisify(execFile);
const TYPE = 'application/vnd.imprimatur.policy-bundle+json';

/** The starter under another version. */
function renewed(version: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...STARTER, 'bundle.yaml': (STARTER['bundle.yaml'] ?? '').replace(/^version: .*$/m, `version: ${version}`), ...more };
}

interface Sent {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly problems?: readonly { readonly where: string; readonly line?: number }[];
    readonly policyVersion?: { readonly id: string; readonly state: string; readonly hash: string };
  };
}
let keys = 0;

async function send(person: Person, service: TestService, body: string, headers: Record<string, string> = {}): Promise<Sent> {
  const answer = await fetch(`${service.url}/policy-bundles`, {
    method: 'POST',
    headers: person.headers({ 'content-type': TYPE, 'idempotency-key': `bundle-${(keys += 1)}`, ...headers }),
    body,
  });
  return { status: answer.status, body: (await answer.json()) as Sent['body'] };
}

interface Simulated {
  readonly state: string;
  readonly total: number | null;
  readonly questions: number;
  readonly cells: readonly { readonly from: string; readonly to: string; readonly count: number; readonly examples: readonly string[] }[];
}

interface Trial extends Pick<Simulated, 'questions'> {
  readonly matrix: Simulated['cells'];
}

type Answer = Refused | { readonly __typename: string; readonly policyVersion: { readonly id: string; readonly state: string } };

async function run(
  person: Person,
  operation: 'activatePolicy' | 'rollBackPolicy' | 'shadowPolicy' | 'canaryPolicy' | 'endPolicyTrial',
  input: Record<string, unknown>,
): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ... on ${type}Success { policyVersion { id state } } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: `change-${(keys += 1)}`, ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const codeOf = (answer: Answer): string => ('code' in answer ? answer.code : answer.__typename);

describe('a policy is changed', () => {
  let service: TestService;
  let story: Story;
  let pia: Person;
  let paul: Person;
  let asset: string;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    pia = await service.signIn('pia');
    paul = await anotherAdmin();
    asset = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#47a' } })
        .jpeg()
        .toBuffer(),
    );
    await story.screened(asset);
  }, 120_000);
  afterAll(() => service?.close());

  /** Two people are needed: the administrator gives the approver the role, too. */
  async function anotherAdmin(): Promise<Person> {
    const tom = await service.signIn('tom');
    const { viewer } = await story.approver.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
    const granted = await tom.graphql<{ grantRole: { __typename: string } }>(
      `mutation($input: GrantRoleInput!) { grantRole(input: $input) { __typename } }`,
      { input: { idempotencyKey: 'grant', member: viewer.id, role: 'POLICY_ADMIN' } },
    );
    expect(granted.grantRole.__typename).toBe('GrantRoleSuccess');
    return service.signIn('ben');
  }

  const judgedBy = async (): Promise<string> => {
    const { item } = await story.edit(asset, 'brighten by 10%', DRAFT);
    const [verdict] = await service.database.asAdmin<{ hash: string }>(
      `select evidence -> 'bundle' ->> 'hash' as hash from verdict where item = $1 and gate = 'usage' limit 1`,
      [item.id.slice('item_'.length)],
    );
    return verdict?.hash ?? '';
  };

  it('by two people, from the next turn on, and back by one', async () => {
    const before = await judgedBy();
    const sent = await send(pia, service, JSON.stringify({ files: renewed('1.1.0') }));
    expect(sent).toMatchObject({ status: 201, body: { policyVersion: { state: 'DRAFT' } } });
    const { id = '', hash } = sent.body.policyVersion ?? {};
    expect(await judgedBy()).toBe(before);
    expect(codeOf(await run(pia, 'activatePolicy', { policyVersion: id }))).toBe('ACTIVATION_NEEDS_ANOTHER');
    expect(codeOf(await run(story.creator, 'activatePolicy', { policyVersion: id }))).toBe('FORBIDDEN');
    const both = await Promise.all([1, 2].map(() => run(paul, 'activatePolicy', { policyVersion: id })));
    expect(both.map(codeOf).sort()).toEqual(['ActivatePolicySuccess', 'BUNDLE_NOT_DRAFT']);
    expect(await judgedBy()).toBe(hash);

    const { policyVersions } = await pia.graphql<{ policyVersions: { edges: { node: { id: string; state: string; version: string } }[] } }>(
      '{ policyVersions { edges { node { id state version } } } }',
    );
    const listed = policyVersions.edges.map(({ node }) => node);
    expect(listed.map(({ version, state }) => [version, state])).toEqual([
      ['1.1.0', 'ACTIVE'],
      ['1.0.0', 'RETIRED'],
    ]);
    const old = listed[1]?.id ?? '';
    const { policyDiff } = await pia.graphql<{ policyDiff: unknown }>(
      'query($from: ID!, $to: ID!) { policyDiff(from: $from, to: $to) { area id kind words } }',
      { from: old, to: id },
    );
    expect(policyDiff).toEqual([{ area: 'bundle', id: 'bundle.yaml', kind: 'CHANGED', words: ['version: 1.0.0 -> 1.1.0'] }]);
    expect(codeOf(await run(pia, 'rollBackPolicy', { policyVersion: old, reason: ' ' }))).toBe('BUNDLE_REASON_INVALID');
    expect(codeOf(await run(pia, 'rollBackPolicy', { policyVersion: id, reason: 'x' }))).toBe('BUNDLE_NOT_RETIRED');
    const back = await run(pia, 'rollBackPolicy', { policyVersion: old, reason: 'Half of the studio stood still.' });
    expect(back).toMatchObject({ policyVersion: { id: old, state: 'ACTIVE' } });
    expect(await judgedBy()).toBe(before);
    const { auditEvents } = await story.auditor.graphql<{ auditEvents: { edges: { node: { type: string } }[] } }>(
      '{ auditEvents(filter: { types: ["bundle.drafted", "bundle.rolled-back"] }) { edges { node { type } } } }',
    );
    expect(auditEvents.edges.map(({ node }) => node.type).sort()).toEqual(['bundle.drafted', 'bundle.rolled-back']);
  }, 180_000);

  it('after what it would have said was looked at', async () => {
    for (const prompt of ['brighten by 10%', 'remove the watermark', 'crop to a square']) await story.edit(asset, prompt, DRAFT);
    const looser = renewed('1.4.0', {
      'bundle.yaml': (STARTER['bundle.yaml'] ?? '')
        .replace(/^version: .*$/m, 'version: 1.4.0')
        .replace('rules: {}', 'rules: { usage.watermark-removal.refuse: off }'),
    });
    const { body } = await send(pia, service, JSON.stringify({ files: looser }));
    const to = body.policyVersion?.id ?? '';
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const input = { to, since, until: new Date(Date.now() + 60_000).toISOString() };
    const simulation = `id state total questions notComparable reviewsPerDayFrom reviewsPerDayTo endedAt from { version } to { id }
      cells { question from to count examples rules }`;
    const start = async (person: Person, more: object = {}) => {
      const { startPolicySimulation } = await person.graphql<{ startPolicySimulation: { code?: string; simulation?: { id: string } } }>(
        `mutation($input: StartPolicySimulationInput!) { startPolicySimulation(input: $input) {
           ... on StartPolicySimulationSuccess { simulation { id } } ... on Refused { code message remedy } } }`,
        { input: { idempotencyKey: `simulate-${(keys += 1)}`, ...input, ...more } },
      );
      return startPolicySimulation;
    };
    expect((await start(story.creator)).code).toBe('FORBIDDEN');
    expect((await start(pia, { until: since })).code).toBe('SIMULATION_INVALID');
    expect((await start(pia, { questionsMax: 0 })).code).toBe('SIMULATION_INVALID');
    const { simulation: started } = await start(pia);
    const { policySimulation } = await until(
      () =>
        pia.graphql<{ policySimulation: Simulated }>(`query($id: ID!) { policySimulation(id: $id) { ${simulation} } }`, {
          id: started?.id,
        }),
      ({ policySimulation: { state } }) => state !== 'RUNNING',
    );
    expect(policySimulation).toMatchObject({ state: 'DONE', notComparable: 0, from: { version: '1.0.0' }, to: { id: to } });
    expect(policySimulation.questions).toBe(policySimulation.total);
    const changed = policySimulation.cells.filter(({ from, to: now }) => from !== now);
    expect(changed).toMatchObject([{ question: 'EditTurn', from: 'REFUSE', count: 1, rules: { '-usage.watermark-removal.refuse': 1 } }]);
    expect(changed[0]?.examples).toHaveLength(1);
    expect(policySimulation.cells.reduce((sum, { count }) => sum + count, 0)).toBe(policySimulation.questions);

    const cancelled = await pia.graphql<{ cancelPolicySimulation: { code: string } }>(
      'mutation($input: CancelPolicySimulationInput!) { cancelPolicySimulation(input: $input) { ... on Refused { code message remedy } } }',
      { input: { idempotencyKey: 'cancel', simulation: started?.id } },
    );
    expect(cancelled.cancelPolicySimulation.code).toBe('SIMULATION_ENDED');
  }, 120_000);

  it('after it was tried beside the active one, and then on a share of the sessions', async () => {
    const looser = renewed('1.6.0', {
      'bundle.yaml': (STARTER['bundle.yaml'] ?? '')
        .replace(/^version: .*$/m, 'version: 1.6.0')
        .replace('rules: {}', 'rules: { usage.watermark-removal.refuse: off }'),
      'data/acknowledgement.yaml': (STARTER['data/acknowledgement.yaml'] ?? '').replace(/^version: .*$/m, "version: 'next'"),
    });
    const { body } = await send(pia, service, JSON.stringify({ files: looser }));
    const { id: policyVersion = '', hash = '' } = body.policyVersion ?? {};
    const before = new Date().toISOString();
    expect(codeOf(await run(story.creator, 'shadowPolicy', { policyVersion }))).toBe('FORBIDDEN');
    expect(await run(pia, 'shadowPolicy', { policyVersion })).toMatchObject({ policyVersion: { state: 'SHADOW' } });
    const refused = await story.edit(asset, 'remove the watermark', DRAFT);
    expect(refused.item.state).toBe('REFUSED');
    const { turn } = await story.creator.graphql<{ turn: { items: { verdicts: { findings: { passesWhen: string | null }[] }[] }[] } }>(
      'query($id: ID!) { turn(id: $id) { items { verdicts { findings { passesWhen } } } } }',
      { id: refused.turn },
    );
    expect(turn.items[0]?.verdicts.flatMap(({ findings }) => findings)).toEqual([
      { passesWhen: 'only another request helps: prompt categories without ip.watermark_removal, or prompt max at most 899' },
    ]);
    const cells = 'question from to count examples rules';
    const { policyTrial } = await until(
      () =>
        pia.graphql<{ policyTrial: Trial }>(
          `{ policyTrial { bundle { id } active { version } questions notComparable matrix { ${cells} } } }`,
        ),
      ({ policyTrial: { questions } }) => questions > 0,
    );
    expect(policyTrial).toMatchObject({ bundle: { id: policyVersion }, active: { version: '1.0.0' }, questions: 1, notComparable: 0 });
    expect(policyTrial.matrix).toMatchObject([
      { question: 'EditTurn', from: 'REFUSE', count: 1, examples: [refused.item.id], rules: { '-usage.watermark-removal.refuse': 1 } },
    ]);

    expect(codeOf(await run(pia, 'canaryPolicy', { policyVersion, sharePermille: 500 }))).toBe('TRIAL_NEEDS_ANOTHER');
    expect(await run(paul, 'canaryPolicy', { policyVersion, sharePermille: 500 })).toMatchObject({ policyVersion: { state: 'CANARY' } });
    const sessionOf = async (within: boolean, purpose: Purpose): Promise<string> => {
      let session: string;
      do session = await story.session([asset], purpose);
      while (isInShare(hash, 500, session.slice('session_'.length) as SessionId) !== within);
      return session;
    };
    for (const within of [true, false]) {
      const session = await sessionOf(within, DRAFT);
      const { state } = await story.settled(await story.submit(session, asset, 'remove the watermark'));
      expect(state === 'REFUSED').toBe(!within);
    }
    // what it holds is approved under it; and its text asks nobody who acknowledged the active one's, since nobody could acknowledge it yet
    const held = await story.submit(await sessionOf(true, MARKETING), asset, 'brighten by 10%');
    const item = await story.settled(held);
    expect(item.state).toBe('HELD');
    await story.approve(item);
    expect(await story.item(held)).toMatchObject({ state: 'RELEASED' });
    expect(await run(pia, 'endPolicyTrial', { policyVersion })).toMatchObject({ policyVersion: { state: 'DRAFT' } });
    expect(await pia.graphql('{ policyTrial { questions } }')).toEqual({ policyTrial: null });

    const range = `from=${before}&to=${new Date(Date.now() + 60_000).toISOString()}`;
    expect((await story.creator.get(`/policy-questions?${range}`)).status).toBe(403);
    expect((await pia.get('/policy-questions?from=yesterday')).status).toBe(400);
    const lines = (await (await pia.get(`/policy-questions?${range}`)).text()).trim().split('\n');
    const asked = lines.map((line) => JSON.parse(line) as { id?: string; asked?: { question: string }; end?: boolean; questions?: number });
    expect(asked.at(-1)).toEqual({ end: true, questions: lines.length - 1 });
    expect(asked[0]).toMatchObject({ id: refused.item.id, asked: { question: 'EditTurn', roles: ['creator'] } });
    expect(lines.join()).not.toContain('remove the watermark');
  }, 120_000);

  it('only by a whole and tested bundle; what is wrong is told by file and line', async () => {
    const faulty = renewed('1.2.0', { 'rules/usage.cedar': `${STARTER['rules/usage.cedar'] ?? ''}\nforbid (` });
    const answer = await send(pia, service, JSON.stringify({ files: faulty }));
    expect(answer).toMatchObject({ status: 422, body: { code: 'RULE_UNPARSABLE' } });
    const lines = (STARTER['rules/usage.cedar'] ?? '').split('\n').length;
    expect(answer.body.problems?.find(({ where }) => where.startsWith('rules/usage.cedar'))?.line).toBeGreaterThanOrEqual(lines);
    const looser = renewed('1.2.0', {
      'data/thresholds.yaml': (STARTER['data/thresholds.yaml'] ?? '').replace('value: 60', 'value: 6000'),
    });
    expect(await send(pia, service, JSON.stringify({ files: looser }))).toMatchObject({
      status: 422,
      body: { code: 'BUNDLE_TESTS_FAILED' },
    });
    expect(await send(pia, service, JSON.stringify({ files: renewed('1.1.0', { 'README.md': 'other' }) }))).toMatchObject({
      body: { code: 'BUNDLE_VERSION_EXISTS' },
    });
  }, 60_000);

  it('from the command line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'imprimatur-policy-'));
    cpSync(join(__dirname, '../../policies/starter'), folder, { recursive: true });
    writeFileSync(join(folder, 'bundle.yaml'), renewed('1.5.0')['bundle.yaml'] ?? '');
    const run = async (token: string, ...options: string[]) =>
      execute(process.execPath, [join(__dirname, '../../bin/imprimatur'), 'policy', 'upload', folder, '--url', service.url, ...options], {
        env: { ...process.env, IMPRIMATUR_TOKEN: token },
      }).then(
        ({ stdout }) => ({ code: 0, text: stdout }),
        (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, text: error.stdout + error.stderr }),
      );
    const token = (pia.headers().authorization ?? '').replace('Bearer ', '');
    const stored = await run(token, '--json');
    expect(stored.code).toBe(0);
    expect(JSON.parse(stored.text)).toMatchObject({ outcome: 'done', name: 'starter', version: '1.5.0', state: 'DRAFT' });
    expect(await run(token)).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^starter 1\.5\.0 is stored as bundle_\S+, draft\./) as string,
    });
    expect(await run('nobody')).toMatchObject({ code: 2, text: expect.stringContaining('does not know you') as string });
    writeFileSync(join(folder, 'README.md'), 'other words');
    expect(await run(token)).toMatchObject({ code: 1, text: expect.stringContaining('BUNDLE_VERSION_EXISTS') as string });
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('only as a bundle is sent, by who may', async () => {
    const bundle = JSON.stringify({ files: renewed('1.3.0') });
    expect(await send(story.creator, service, bundle)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await send(pia, service, bundle, { 'content-type': 'application/zip' })).toMatchObject({ status: 415 });
    expect(await send(pia, service, bundle, { 'idempotency-key': '' })).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEY_MISSING' },
    });
    expect(await send(pia, service, '{"files": {"bundle.yaml": 3}}')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(await send(pia, service, JSON.stringify({ files: { 'a.md': 'x'.repeat(5_000_000) } }))).toMatchObject({ status: 413 });
    const twice = await Promise.all([1, 2].map(() => send(pia, service, bundle, { 'idempotency-key': 'the-same' })));
    expect(twice.map(({ status, body }) => [status, body.code])).toEqual([
      [201, undefined],
      [201, undefined],
    ]);
    expect(twice[0]?.body.policyVersion?.id).toBe(twice[1]?.body.policyVersion?.id);
  }, 60_000);
});
