import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readBundleFolder } from '@imprimatur/domain/policies';
import sharp from 'sharp';
import { type Person, type Refused, TestService, until } from '../../support/service';
import { MARKETING, PORTRAIT, Story } from '../../support/story';

const STARTER = readBundleFolder(join(__dirname, '../../../policies/starter'));
const FORM = Buffer.from('%PDF-1.7\nSigned by Ada Example.\n');
const LABELLED = `territories: []
elsewhere: [{ disclosure: visible-label, when: always, text: AI合成, heightPermille: 50, citation: Example Act }]
`;
const key = (): string => randomBytes(12).toString('hex');

/** One mutation with its own fields of success. */
async function change<T>(person: Person, operation: string, input: Record<string, unknown>, fields: string): Promise<T | Refused> {
  const type = `${operation[0]?.toUpperCase()}${operation.slice(1)}`;
  const answer = await person.graphql<Record<string, T | Refused>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ... on ${type}Success { ${fields} } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: key(), ...input } },
  );
  const given = answer[operation];
  if (!given) throw new Error(`${operation} answers`);
  return given;
}

const SCOPE = { useCases: ['marketing'], kindsOfChange: ['retouch'], channels: ['website', 'print'], territories: ['*'] };
const formOf = (asset: string, changed: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ asset, face: 0, person: 'Ada Example', ageBand: 'ADULT', method: 'signed-form', noticeText: 'You will be shown.', scope: SCOPE },
  ...changed,
});

describe('the registry of consents and rights', () => {
  let service: TestService;
  let story: Story;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
  }, 120_000);
  afterAll(() => service.close());

  const register = (asset: string, changed: Record<string, unknown> = {}) =>
    change<{ consent: { id: string; representative: unknown; scope: unknown } }>(
      story.legal,
      'registerConsent',
      formOf(asset, changed),
      'consent { id representative { kind basis } scope { providers training } }',
    );
  const registered = async (asset: string): Promise<string> => {
    const answer = await register(asset);
    if ('code' in answer) throw new Error(JSON.stringify(answer));
    return answer.consent.id;
  };
  const portrait = async (): Promise<string> => {
    // pixels of its own, so that no other test's records speak of it
    const bytes = await sharp(PORTRAIT)
      .modulate({ brightness: 0.7 + Math.random() * 0.5 })
      .jpeg()
      .toBuffer();
    const asset = await story.upload(bytes);
    await story.screened(asset);
    return asset;
  };

  it('asks a guardian for a minor, keeps the signed form, and tells who opened it', async () => {
    const asset = await portrait();
    expect(await register(asset, { ageBand: 'MINOR' })).toMatchObject({ code: 'CONSENT_GUARDIAN_MISSING' });
    const guardian = { kind: 'GUARDIAN', basis: 'parent', name: 'Bea Example' };
    const answer = await register(asset, { ageBand: 'MINOR', representative: guardian, scope: { ...SCOPE, providers: ['gemini'] } });
    expect(answer).toMatchObject({
      consent: { representative: { kind: 'GUARDIAN', basis: 'parent' }, scope: { providers: ['gemini'], training: false } },
    });
    const id = 'code' in answer ? '' : answer.consent.id;
    const send = (body: Buffer, person: Person) =>
      fetch(`${service.url}/consents/${id}/evidence`, { method: 'POST', headers: person.headers({ 'idempotency-key': key() }), body });
    expect((await send(FORM, story.creator)).status).toBe(403);
    expect(await (await send(Buffer.from('<html>'), story.legal)).json()).toMatchObject({ code: 'CONSENT_EVIDENCE_INVALID' });
    const stored = (await (await send(FORM, story.legal)).json()) as { fileUrl: string; format: string };
    expect(stored.format).toBe('pdf');

    const { node } = await story.auditor.graphql<{ node: { evidence: unknown[]; versions: unknown[] } }>(
      `{ node(id: "${id}") { ... on ConsentRecord { evidence { number sha256 fileUrl } versions { version state } } } }`,
    );
    expect(node.evidence).toEqual([{ number: 1, sha256: createHash('sha256').update(FORM).digest('hex'), fileUrl: stored.fileUrl }]);
    expect(node.versions).toEqual([{ version: 1, state: 'GIVEN' }]);
    for (const person of [story.creator, story.approver, story.auditor]) expect((await person.get(stored.fileUrl)).status).toBe(403);
    const opened = await story.legal.get(stored.fileUrl);
    expect([opened.headers.get('content-disposition'), opened.headers.get('cache-control')]).toEqual([
      'attachment; filename="evidence-1.pdf"',
      'no-store',
    ]);
    expect(Buffer.from(await opened.arrayBuffer())).toEqual(FORM);
    expect((await story.legal.get(stored.fileUrl.replace(/1$/, '2'))).status).toBe(404);
    const rows = await service.database.asAdmin<{ bytes: Buffer }>(
      `select bytes from ledger_entry where strpos(encode(bytes, 'escape'), $1) > 0 order by position`,
      [`"id":"${id.slice('consent_'.length)}"`],
    );
    const entries = rows.map(({ bytes }) => bytes.toString('utf8'));
    expect(entries.map((entry) => (JSON.parse(entry) as { type: string }).type)).toEqual([
      'consent.registered',
      'consent.evidence-added',
      'consent.evidence-downloaded',
    ]);
    expect(entries.join()).not.toMatch(/Example/);

    // whoever signed is named by the file, too: with them it goes
    const { node: signed } = await story.legal.graphql<{ node: { representative: { subject: string } } }>(
      `{ node(id: "${id}") { ... on ConsentRecord { representative { subject } } } }`,
    );
    const { subject } = signed.representative;
    const { planErasure } = await story.legal.graphql<{ planErasure: { digest: string; copies: { kind: string; count: number }[] } }>(
      `{ planErasure(subject: "${subject}") { digest copies { kind count } } }`,
    );
    expect(planErasure.copies).toContainEqual({ kind: 'CONSENT_EVIDENCE', count: 1 });
    await change(story.legal, 'eraseSubject', { subject, planDigest: planErasure.digest, reason: 'asked' }, 'erasure { id }');
    expect(await (await story.legal.get(stored.fileUrl)).json()).toMatchObject({ code: 'BLOB_ERASED' });
    await until(
      () =>
        story.legal.graphql<{ node: { evidence: { sha256: string | null }[] } }>(
          `{ node(id: "${id}") { ... on ConsentRecord { evidence { sha256 } } } }`,
        ),
      (answer) => answer.node.evidence[0]?.sha256 === null,
    );
  });

  it('counts by its newest terms: what they do not cover any more is flagged, and refused from then on', async () => {
    const asset = await portrait();
    const consent = await registered(asset);
    const { item } = await story.edit(asset, 'make it brighter');
    await story.approve(item);
    const version = item.resultVersion?.id ?? '';
    const started = await story.startExport(version);
    if (started.__typename === 'Refused') throw new Error(started.code);
    expect(await story.exported(started.export.id)).toMatchObject({ state: 'DONE' });

    const amend = (changed: Record<string, unknown>) =>
      change(
        story.legal,
        'amendConsent',
        { consent, reason: 'She called.', ...changed },
        'consent { version scope { channels providers } } report { exportsFlagged exportsStopped }',
      );
    expect(await amend({ scope: { ...SCOPE, channels: ['video'] } })).toMatchObject({ code: 'CONSENT_TEXT_INVALID' });
    expect(await amend({ scope: { ...SCOPE, channels: ['print'] } })).toMatchObject({
      consent: { version: 2, scope: { channels: ['print'], providers: ['*'] } },
      report: { exportsFlagged: 1, exportsStopped: 0 },
    });
    const { export: flagged } = await story.creator.graphql<{ export: unknown }>(`{ export(id: "${started.export.id}") { standing } }`);
    expect(flagged).toEqual({ standing: 'FLAGGED' });
    const { notices } = await story.creator.graphql<{ notices: { edges: { node: { kind: string } }[] } }>(
      '{ notices { edges { node { kind } } } }',
    );
    expect(notices.edges.map(({ node }) => node.kind)).toContain('CONSENT_NARROWED');

    const again = await story.startExport(version);
    if (again.__typename === 'Refused') throw new Error(again.code);
    expect(await story.exported(again.export.id)).toMatchObject({ state: 'FAILED', failure: 'consent.scope' });
    const refused = (await story.edit(asset, 'make it brighter')).item;
    expect(refused.verdicts.flatMap(({ findings }) => findings)).toMatchObject([
      { rule: 'consent.scope', reason: 'The consents at hand do not cover: channel:website.' },
    ]);
  });

  it('recognises a smaller copy in another format, and says of a crop why it does not', async () => {
    const asset = await portrait();
    await registered(asset);
    const { asset: found } = await story.creator.graphql<{ asset: { versions: { edges: { node: { id: string } }[] } } }>(
      `{ asset(id: "${asset}") { versions { edges { node { id } } } } }`,
    );
    const bytes = Buffer.from(await (await story.creator.get(`/versions/${found.versions.edges[0]?.node.id}/image`)).arrayBuffer());
    const { width, height } = await sharp(bytes).metadata();
    const copy = await story.upload(
      await sharp(bytes)
        .resize(Math.round(width * 0.6))
        .webp({ quality: 80 })
        .toBuffer(),
    );
    expect(await story.screened(copy)).toBe(1);
    expect((await story.edit(copy, 'make it brighter')).item.state).toBe('HELD');

    const crop = await story.upload(
      await sharp(bytes)
        .extract({ left: Math.round(width * 0.2), top: 0, width: Math.round(width * 0.7), height: Math.round(height * 0.7) })
        .png()
        .toBuffer(),
    );
    expect(await story.screened(crop)).toBe(1);
    const { turn } = await story.edit(crop, 'make it brighter');
    const { turn: judged } = await story.creator.graphql<{
      turn: {
        items: { verdicts: { gate: string; outcome: string; evidence: { faces?: { nearest?: { found: string; says: string } }[] } }[] }[];
      };
    }>(`{ turn(id: "${turn}") { items { verdicts { gate outcome evidence } } } }`);
    const consent = judged.items[0]?.verdicts.find(({ gate }) => gate === 'consent');
    expect(consent?.outcome).toBe('REFUSE');
    expect(consent?.evidence.faces?.[0]?.nearest?.says).toMatch(/differs in \d+ of 256 bits|faces in other places/);
    expect(JSON.stringify(consent?.evidence.faces)).not.toMatch(/Example|consent_|subject/);
  });

  it('keeps a source to its licence', async () => {
    const asset = await portrait();
    await registered(asset);
    const record = (changed: Record<string, unknown>, person = story.legal) =>
      change(
        person,
        'recordSourceRights',
        { asset, declared: 'LICENSED', licence: 'Order 7', owner: 'Example Pictures', ...changed },
        'asset { rights { declared owner channels validUntil } }',
      );
    const rulesOf = async (): Promise<readonly string[]> =>
      (await story.edit(asset, 'make it brighter', MARKETING)).item.verdicts.flatMap(({ findings }) => findings.map(({ rule }) => rule));
    expect(await record({}, story.creator)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await record({ licence: null })).toMatchObject({ code: 'LICENCE_MISSING' });
    expect(await record({ channels: ['print'] })).toMatchObject({ asset: { rights: { owner: 'Example Pictures', channels: ['print'] } } });
    expect(await rulesOf()).toEqual(['rights.restricted']);
    await record({ channels: ['website'], validUntil: '2026-01-01T00:00:00Z' });
    expect(await rulesOf()).toEqual(['rights.expired']);
    await record({ channels: ['website'] });
    expect(await rulesOf()).toEqual(['release.marketing']);
  });

  it('labels what the territory demands, and lets nothing out without it', async () => {
    const asset = await portrait();
    await registered(asset);
    const { item } = await story.edit(asset, 'make it brighter');
    await story.approve(item);
    const [pia, tom] = [await service.signIn('pia'), await service.signIn('tom')];
    const { viewer } = await story.approver.graphql<{ viewer: { id: string } }>('{ viewer { id } }');
    await change(tom, 'grantRole', { member: viewer.id, role: 'POLICY_ADMIN' }, 'member { id }');
    const ben = await service.signIn('ben');
    const files = {
      ...STARTER,
      'bundle.yaml': (STARTER['bundle.yaml'] ?? '').replace(/^version: .*$/m, 'version: 9.0.0'),
      'data/territories.yaml': LABELLED,
    };
    const sent = await fetch(`${service.url}/policy-bundles`, {
      method: 'POST',
      headers: pia.headers({ 'content-type': 'application/vnd.imprimatur.policy-bundle+json', 'idempotency-key': key() }),
      body: JSON.stringify({ files }),
    });
    const { policyVersion } = (await sent.json()) as { policyVersion: { id: string } };
    expect(await change(ben, 'activatePolicy', { policyVersion: policyVersion.id }, 'policyVersion { state }')).toMatchObject({
      policyVersion: { state: 'ACTIVE' },
    });
    const exported = async (labels: string) => {
      const started = await change<{ export: { id: string } }>(
        story.creator,
        'exportVersion',
        { version: item.resultVersion?.id, format: 'PNG', labels },
        'export { id }',
      );
      const id = 'code' in started ? '' : started.export.id;
      const done = await story.exported(id);
      const { export: found } = await story.creator.graphql<{ export: { label: string | null } }>(`{ export(id: "${id}") { label } }`);
      return { ...done, ...found };
    };
    expect(await exported('NONE')).toMatchObject({ state: 'FAILED', failure: 'export.labels-missing', label: null });
    const labelled = await exported('AUTO');
    expect(labelled).toMatchObject({ state: 'DONE', label: 'AI合成' });
    const bytes = Buffer.from(await (await story.creator.get(labelled.fileUrl ?? '')).arrayBuffer());
    const { width = 0, height = 0 } = await sharp(bytes).metadata();
    const side = Math.min(width, height);
    const corner = await sharp(bytes)
      .extract({
        left: Math.ceil(side * 0.03),
        top: height - Math.ceil(side * 0.12),
        width: Math.ceil(side * 0.12),
        height: Math.ceil(side * 0.08),
      })
      .greyscale()
      .stats();
    // dark ground and white letters
    expect([corner.channels[0]?.min ?? 255, corner.channels[0]?.max ?? 0]).toEqual([expect.any(Number), 255]);
    expect(corner.channels[0]?.min).toBeLessThan(80);
  });
});
