import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readBundleFolder } from '@imprimatur/domain/policies';
import sharp from 'sharp';
import { ChromiumAuthenticator, hasChromium } from '../support/chromium';
import { type Person, type Refused, TestService, until } from '../support/service';
import { type Asserted, SoftAuthenticator } from '../support/soft-authenticator';
import { MARKETING, Story } from '../support/story';

const root = join(__dirname, '../..');
const execute = promisify(execFile);
const STARTER = readBundleFolder(join(root, 'policies/starter'));
/** Where people sign, as the console would be served; nothing listens there, and nothing has to. */
const ORIGIN = 'http://localhost:4080';

interface Challenge {
  readonly credential: string;
  readonly statement: string;
  readonly challenge: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly authenticators: readonly string[];
}
type Answer = (Refused | { readonly __typename: string }) & Partial<Challenge>;

async function run(person: Person, operation: string, input: Record<string, unknown>, fields = ''): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ${fields && `... on ${type}Success { ${fields} }`} ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: randomBytes(8).toString('hex'), ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const codeOf = (answer: Answer): string => ('code' in answer ? answer.code : answer.__typename);

async function begun(person: Person, operation: 'beginCredential' | 'beginStatement', input: Record<string, unknown>): Promise<Challenge> {
  const own = operation === 'beginCredential' ? 'credential userHandle' : 'statement authenticators';
  const answer = await run(person, operation, input, `challenge rpId ${own}`);
  if (!answer.challenge) throw new Error(JSON.stringify(answer));
  return answer as Challenge & Answer;
}

describe('a decision is signed', () => {
  let service: TestService;
  let story: Story;
  let ben: Person;
  const key = new SoftAuthenticator(ORIGIN);
  beforeAll(async () => {
    service = await TestService.start({ env: { IMPRIMATUR_WEBAUTHN_ORIGINS: ORIGIN } });
    story = await Story.begin(service);
    ben = story.approver;
  }, 120_000);
  afterAll(() => service?.close());

  const sign = async (person: Person, input: Record<string, unknown>, authenticator = key): Promise<Asserted> =>
    authenticator.get((await begun(person, 'beginStatement', input)).challenge);

  /** The receipt of the newest entry of a type with one part disclosed, as soon as the log is signed that far. */
  async function receipt(type: string, part: string): Promise<unknown> {
    const { auditEvents } = await story.auditor.graphql<{ auditEvents: { edges: { node: { id: string } }[] } }>(
      `{ auditEvents(filter: { types: ["${type}"] }) { edges { node { id } } } }`,
    );
    const entry = auditEvents.edges.at(-1)?.node.id;
    const answer = await until(
      () =>
        run(story.auditor, 'discloseParts', { entry, parts: [part], reason: 'audit' }, 'receipt') as Promise<
          Answer & { receipt?: unknown }
        >,
      ({ receipt: given }) => given !== undefined,
    );
    return answer.receipt;
  }

  async function verified(receipts: readonly unknown[], name: string): Promise<{ outcome: string; details: { signed: unknown }[] }> {
    const file = join(service.home, `${name}.json`);
    writeFileSync(file, JSON.stringify(receipts));
    const { stdout } = await execute(process.execPath, [
      join(root, 'bin/imprimatur'),
      'ledger',
      'verify',
      file,
      '--json',
      '--log-key',
      join(service.home, 'trust/logs.vkey'),
    ]);
    const { outcome, receipts: each } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      outcome: string;
      receipts: { details: { signed: unknown } }[];
    };
    return { outcome, details: each.map(({ details }) => details) };
  }

  it('by whoever has an authenticator, where the policy wants it, and anybody can check it offline', async () => {
    // the policy that has decisions about marketing signed is itself activated under a signature
    const tom = await service.signIn('tom');
    const { viewer } = await ben.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
    expect(codeOf(await run(tom, 'grantRole', { member: viewer.id, role: 'POLICY_ADMIN' }))).toBe('GrantRoleSuccess');
    const enrolment = await begun(ben, 'beginCredential', {});
    const enrolled = await run(ben, 'finishCredential', {
      credential: enrolment.credential,
      label: 'Key of Ben',
      ...key.create(enrolment.challenge),
    });
    expect(codeOf(enrolled)).toBe('FinishCredentialSuccess');
    const files = {
      ...STARTER,
      'bundle.yaml': (STARTER['bundle.yaml'] ?? '').replace(/^version: .*$/m, 'version: 1.1.0'),
      'data/queues.yaml': (STARTER['data/queues.yaml'] ?? '').replace('{ id: marketing,', '{ id: marketing, signature: required,'),
    };
    const pia = await service.signIn('pia');
    const sent = await fetch(`${service.url}/policy-bundles`, {
      method: 'POST',
      headers: pia.headers({ 'content-type': 'application/vnd.imprimatur.policy-bundle+json', 'idempotency-key': 'bundle' }),
      body: JSON.stringify({ files }),
    });
    const { policyVersion } = (await sent.json()) as { policyVersion: { id: string } };
    const bundle = policyVersion.id;
    const trial = { policyVersion: bundle, sharePermille: 999 };
    expect(codeOf(await run(ben, 'canaryPolicy', trial))).toBe('SIGNATURE_REQUIRED');
    const tried = await sign(ben, { kind: 'CANARY_POLICY', target: bundle, sharePermille: 1 });
    expect(codeOf(await run(ben, 'canaryPolicy', { ...trial, assertion: tried }))).toBe('SIGNATURE_OTHER_STATEMENT');
    expect(codeOf(await run(ben, 'canaryPolicy', { ...trial, sharePermille: 1, assertion: tried }))).toBe('CanaryPolicySuccess');
    expect(codeOf(await run(ben, 'activatePolicy', { policyVersion: bundle }))).toBe('SIGNATURE_REQUIRED');
    const assertion = await sign(ben, { kind: 'ACTIVATE_POLICY', target: bundle });
    expect(codeOf(await run(ben, 'activatePolicy', { policyVersion: bundle, assertion }))).toBe('ActivatePolicySuccess');

    const asset = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#4a7' } })
        .jpeg()
        .toBuffer(),
    );
    await story.screened(asset);
    const { item } = await story.edit(asset, 'brighten by 10%', MARKETING);
    const task = item.reviewTask?.id ?? '';
    const claim = await story.claim(ben, task);
    if (claim.__typename === 'Refused') throw new Error(JSON.stringify(claim));
    const decision = { task, outcome: 'APPROVE', reasonCode: 'meets-policy', contentSha256: claim.task.contentSha256 };
    const decide = (more: object) => run(ben, 'decideTask', { ...decision, leaseToken: claim.leaseToken, ...more });
    expect(codeOf(await decide({ text: 'As agreed.' }))).toBe('SIGNATURE_REQUIRED');
    const statement = await begun(ben, 'beginStatement', {
      ...decision,
      kind: 'DECIDE_TASK',
      target: task,
      task: undefined,
      reason: 'As agreed.',
      conditions: [{ code: 'label-required' }],
    });
    expect(createHash('sha256').update(statement.statement).digest('base64url')).toBe(statement.challenge);
    const signed = key.get(statement.challenge);
    const conditions = [{ code: 'label-required' }];
    expect(codeOf(await decide({ text: 'As never agreed.', conditions, assertion: signed }))).toBe('SIGNATURE_OTHER_STATEMENT');
    // whoever sits between may not take a condition away, nor put another in its place
    expect(codeOf(await decide({ text: 'As agreed.', assertion: signed }))).toBe('SIGNATURE_OTHER_STATEMENT');
    const other = [{ code: 'keep-framing' }];
    expect(codeOf(await decide({ text: 'As agreed.', conditions: other, assertion: signed }))).toBe('SIGNATURE_OTHER_STATEMENT');
    expect(codeOf(await decide({ text: 'As agreed.', conditions, assertion: signed }))).toBe('DecideTaskSuccess');

    const [enrolledReceipt, decided, canaried, activated] = [
      await receipt('credential.enrolled', 'label'),
      await receipt('task.decided', 'statement'),
      await receipt('bundle.canaried', 'statement'),
      await receipt('bundle.activated', 'statement'),
    ];
    const good = { status: 'good', covers: 'statement' };
    const all = await verified([decided, enrolledReceipt, canaried, activated], 'all');
    expect(all.outcome).toBe('good');
    expect(all.details.map((each) => each.signed)).toEqual([good, null, good, good]);
    expect((await verified([decided, activated], 'without-key')).details.map((each) => each.signed)).toEqual(
      [1, 2].map(() => ({ status: 'unknown', why: 'signed, key not known' })),
    );
    expect(service.log()).not.toContain('Key of Ben');
  }, 180_000);

  (hasChromium ? it : it.skip)(
    `in a real browser (${hasChromium ? 'with its virtual authenticator' : 'skipped: there is no /usr/bin/chromium here'})`,
    async () => {
      const browser = await ChromiumAuthenticator.open(ORIGIN);
      try {
        const lea = story.legal;
        const enrolment = await begun(lea, 'beginCredential', {});
        const made = await browser.create(enrolment);
        expect(codeOf(await run(lea, 'finishCredential', { credential: enrolment.credential, label: 'Laptop', ...made }))).toBe(
          'FinishCredentialSuccess',
        );
        const pia = await service.signIn('pia');
        const { viewer } = await story.creator.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
        const wish = {
          rule: 'usage.sexual.hold',
          scopeKind: 'SUBJECT',
          scope: viewer.id,
          reason: 'Catalogue.',
          until: new Date(Date.now() + 3_600_000),
        };
        const proposed = (await run(pia, 'proposePolicyException', wish, 'exception { id }')) as Answer & { exception: { id: string } };
        const exception = proposed.exception.id;
        expect(codeOf(await run(lea, 'approvePolicyException', { exception }))).toBe('SIGNATURE_REQUIRED');
        const statement = await begun(lea, 'beginStatement', { kind: 'APPROVE_POLICY_EXCEPTION', target: exception });
        const assertion = await browser.get(statement);
        expect(codeOf(await run(lea, 'approvePolicyException', { exception, assertion }))).toBe('ApprovePolicyExceptionSuccess');
        const receipts = [await receipt('credential.enrolled', 'label'), await receipt('exception.approved', 'statement')];
        const { details } = await verified(receipts, 'browser');
        expect(details[1]?.signed).toEqual({ status: 'good', covers: 'statement' });
      } finally {
        await browser.close();
      }
    },
    120_000,
  );
});
