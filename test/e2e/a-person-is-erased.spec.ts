import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519Verify, hmacSha256, sha256 } from '@imprimatur/domain/ledger';
import { verifyReceipt } from '@imprimatur/formats/ledger';
import { decodeBundle, leafHash, parseCheckpoint, Tree } from '@imprimatur/formats/merkle';
import { traces } from '../integration/retention/retention-room';
import { type Person, type Refused, TestService, until } from '../support/service';
import { PORTRAIT, Story } from '../support/story';

const REFUSED = '... on Refused { __typename code message remedy }';
const key = (): string => randomBytes(12).toString('hex');
const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

interface Plan {
  readonly digest: string;
  readonly copies: readonly { readonly kind: string; readonly action: string; readonly count: number; readonly ids: readonly string[] }[];
  readonly holds: readonly { readonly id: string }[];
  readonly downloads: readonly { readonly export: string; readonly by: string }[];
  readonly cannotBeRecalled: readonly { readonly code: string }[];
  readonly erasure: { readonly id: string; readonly state: string } | null;
}

interface Erasure {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly copies: readonly { readonly kind: string; readonly planned: number; readonly done: number }[];
  readonly retained: readonly { readonly kind: string; readonly note: string }[];
  readonly downloads: readonly { readonly export: string }[];
}

const ERASURE = 'id state reason copies { kind planned done } retained { kind note } downloads { export }';

describe('a person in a picture is erased', () => {
  let service: TestService;
  let story: Story;
  let admin: Person;
  let subject: string;
  const ids: Record<string, string> = {};
  let exported: Buffer;
  const secret: Buffer[] = [];
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    admin = await service.signIn('tom');
    ids.asset = await story.upload(PORTRAIT, 'Maria.jpg');
    expect(await story.screened(ids.asset)).toBe(1);
    await story.consent(ids.asset);
    const { turn, item } = await story.edit(ids.asset, 'brighten by 10%');
    ids.turn = turn;
    await story.approve(item);
    ids.version = item.resultVersion?.id ?? '';
    const started = await story.startExport(ids.version);
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    ids.export = started.export.id;
    const { fileUrl } = await story.exported(ids.export);
    exported = Buffer.from(await (await story.creator.get(fileUrl ?? '')).arrayBuffer());
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { subject: string } }[] } }>(
      '{ consentRecords { edges { node { subject } } } }',
    );
    subject = consentRecords.edges[0]?.node.subject ?? '';
    const edited = Buffer.from(await (await story.creator.get(`/versions/${ids.version}/image`)).arrayBuffer());
    const seen = await service.database.asAdmin<{ pixels: Buffer; fingerprint: string }>(
      `select pixel_sha256 as pixels, result ->> 'fingerprint' as fingerprint from screening`,
    );
    secret.push(digest(PORTRAIT), digest(edited), digest(exported));
    for (const { pixels, fingerprint } of seen) secret.push(pixels, Buffer.from(fingerprint, 'hex'));
  }, 180_000);
  afterAll(() => service?.close());

  const plan = async (who = story.legal): Promise<Plan | null> =>
    (
      await who.graphql<{ planErasure: Plan | null }>(
        `query($subject: ID!) { planErasure(subject: $subject) { digest copies { kind action count ids } holds { id } downloads { export by }
           cannotBeRecalled { code } erasure { id state } } }`,
        { subject },
      )
    ).planErasure;
  const erase = async (planDigest: string, who = story.legal) =>
    (
      await who.graphql<{
        eraseSubject:
          | { __typename: 'EraseSubjectSuccess'; erasure: Erasure }
          | { __typename: 'UnderLegalHold'; code: string; holds: { id: string; reason: string }[] }
          | Refused;
      }>(
        `mutation($input: EraseSubjectInput!) { eraseSubject(input: $input) { __typename ... on EraseSubjectSuccess { erasure { ${ERASURE} } }
           ... on UnderLegalHold { code holds { id reason } } ${REFUSED} } }`,
        { input: { idempotencyKey: key(), subject, planDigest, reason: 'Asked for by letter' } },
      )
    ).eraseSubject;
  const log = async (path: string): Promise<Buffer> => {
    const { viewer } = await story.auditor.graphql<{ viewer: { tenant: { id: string } } }>('{ viewer { tenant { id } } }');
    return Buffer.from(await (await story.auditor.get(`/log/${viewer.tenant.id}/${path}`)).arrayBuffer());
  };
  const receiptOf = async (type: string): Promise<unknown> =>
    until(
      async () =>
        (
          await story.auditor.graphql<{ auditEvents: { edges: { node: { receipt: unknown } }[] } }>(
            'query($asset: ID!, $types: [String!]) { auditEvents(filter: { asset: $asset, types: $types }, first: 1) { edges { node { receipt } } } }',
            { asset: ids.asset, types: [type] },
          )
        ).auditEvents.edges[0]?.node.receipt ?? null,
      (receipt) => receipt !== null,
    );

  it('after a plan that lists every copy, and who took what cannot be recalled', async () => {
    const shown = await plan();
    const counts = Object.fromEntries((shown?.copies ?? []).map(({ kind, count }) => [kind, count]));
    expect(counts).toMatchObject({
      KEY: 1,
      ORIGINAL: 1,
      DERIVATIVE: 1,
      EXPORT: 1,
      FINGERPRINT: 1,
      SCREENING: 2,
      ASSET_NAME: 1,
      REVIEW_DIGEST: 1,
    });
    expect(shown?.copies.find(({ kind }) => kind === 'DERIVATIVE')?.ids).toEqual([ids.version]);
    expect(shown?.downloads.map((each) => each.export)).toEqual([ids.export]);
    expect(shown?.cannotBeRecalled.map(({ code }) => code)).toContain('BACKUPS');
    expect((await traces(service.database, secret)).length).toBeGreaterThan(3);
  });

  it('not while a legal hold covers the picture, which another person must release', async () => {
    const { placeLegalHold: placed } = await story.legal.graphql<{ placeLegalHold: { __typename: string; hold: { id: string } } }>(
      `mutation($input: PlaceLegalHoldInput!) { placeLegalHold(input: $input) { __typename ... on PlaceLegalHoldSuccess { hold { id kind target isActive } } ${REFUSED} } }`,
      { input: { idempotencyKey: key(), kind: 'ASSET', target: ids.asset, matter: 'Case 12/2026', reason: 'A complaint was announced' } },
    );
    const refused = await erase((await plan())?.digest ?? '');
    expect(refused).toMatchObject({
      __typename: 'UnderLegalHold',
      code: 'UNDER_LEGAL_HOLD',
      holds: [{ id: placed.hold.id, reason: 'A complaint was announced' }],
    });
    const release = (who: Person) =>
      who.graphql<{ releaseLegalHold: { __typename: string; code?: string } }>(
        `mutation($input: ReleaseLegalHoldInput!) { releaseLegalHold(input: $input) { __typename ... on ReleaseLegalHoldSuccess { hold { isActive releaseReason } } ${REFUSED} } }`,
        { input: { idempotencyKey: key(), hold: placed.hold.id, reason: 'Withdrawn' } },
      );
    expect((await release(story.legal)).releaseLegalHold).toMatchObject({ code: 'OWN_HOLD' });
    expect((await release(admin)).releaseLegalHold).toMatchObject({ hold: { isActive: false, releaseReason: 'Withdrawn' } });
  });

  it('with everything that is kept of them, while every proof stays', async () => {
    const receipt = await receiptOf('version.released');
    const old = parseCheckpoint((await log('checkpoint')).toString());
    const erased = await erase((await plan())?.digest ?? '');
    if (erased.__typename !== 'EraseSubjectSuccess') throw new Error(JSON.stringify(erased));
    expect((await story.creator.get(`/versions/${ids.version}/image`)).status).toBe(410);
    const done = await until(
      async () =>
        (await story.legal.graphql<{ erasure: Erasure }>(`query($id: ID!) { erasure(id: $id) { ${ERASURE} } }`, { id: erased.erasure.id }))
          .erasure,
      ({ state }) => state === 'COMPLETED',
    );
    expect(done.reason).toBe('Asked for by letter');
    expect(done.copies.filter(({ planned, done: removed }) => planned !== removed)).toEqual([]);
    expect(done.retained.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['LEDGER_ENTRY', 'CONSENT_RECORD']));
    expect(done.downloads).toEqual([{ export: ids.export }]);
    expect(await traces(service.database, secret)).toEqual([]);
    expect(await traces(service.database, [Buffer.from('Maria.jpg'), Buffer.from('The person shown')])).toEqual([]);
    // what was handed out before, and what is handed out now
    const tools = { sha256, hmacSha256, ed25519Verify, logKeys: [] };
    expect(verifyReceipt(receipt, tools)).toMatchObject({ status: 'consistent' });
    expect(verifyReceipt(await receiptOf('version.released'), tools)).toMatchObject({ status: 'consistent' });
    expect((await plan())?.erasure).toMatchObject({ id: done.id, state: 'COMPLETED' });
    await until(
      async () => parseCheckpoint((await log('checkpoint')).toString())?.size ?? 0,
      (size) => size > (old?.size ?? 0),
    );
    const head = parseCheckpoint((await log('checkpoint')).toString());
    const tree = Tree.empty(sha256);
    const [full, rest] = [Math.floor((head?.size ?? 0) / 256), (head?.size ?? 0) % 256];
    const paths = [
      ...Array.from({ length: full }, (_, at) => `tile/entries/00${at}`),
      ...(rest > 0 ? [`tile/entries/00${full}.p/${rest}`] : []),
    ];
    for (const path of paths) for (const bytes of decodeBundle(await log(path)) ?? []) tree.append(leafHash(sha256, bytes));
    expect(Buffer.from(tree.root())).toEqual(Buffer.from(head?.root ?? []));
  }, 120_000);

  it('so that a copy which left before still verifies, by its own receipts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'imprimatur-erased-'));
    try {
      const file = join(folder, 'export.jpg');
      writeFileSync(file, exported);
      const trust = join(service.home, 'trust');
      const args = [
        'bin/imprimatur',
        'verify',
        file,
        '--json',
        '--trust',
        join(trust, 'anchors.pem'),
        '--log-key',
        join(trust, 'logs.vkey'),
      ];
      const said = await new Promise<string>((resolve) =>
        execFile('node', args, { cwd: join(__dirname, '../..') }, (_, out) => resolve(out)),
      );
      const answer = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as { outcome?: string };
      expect(answer.outcome).not.toBe('bad');
      expect(answer.outcome).toBeDefined();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  it.each([
    [
      'assets',
      '{ assets(first: 5) { edges { node { id name erasedAt facts c2pa screening { state faces { left } scores } versions(first: 5) { edges { node { id sha256 erasedAt exports { id state fileUrl } } } } } } } }',
    ],
    [
      'sessions',
      '{ sessions(first: 3) { edges { node { id name assets { id name } turns(first: 3) { edges { node { id prompt state items { id state operations question verdicts { gate evidence } attempts { number } resultVersion { sha256 } reviewTask { id contentSha256 state decisions { outcome } } } } } } } } } }',
    ],
    ['the review queue', '{ reviewQueue { edges { node { id contentSha256 item { id } } } } }', 'approver'],
    ['consents', '{ consentRecords { edges { node { id subject state } } } }'],
    ['holds', '{ legalHolds { edges { node { id reason releaseReason } } } }', 'legal'],
    ['erasures', `{ erasures { edges { node { ${ERASURE} affected { subject } } } } }`, 'legal'],
    ['events', '{ auditEvents(first: 100) { edges { node { id type receipt } } } }', 'auditor'],
  ] as const)('and %s can still be listed', async (_name, document, who: 'creator' | 'approver' | 'legal' | 'auditor' = 'creator') => {
    const { status, body } = await story[who].post(document);
    expect(body.errors ?? []).toEqual([]);
    expect(status).toBe(200);
    if (document.includes('assets(first')) {
      expect(JSON.stringify(body.data)).toContain('"name":"erased"');
    }
  });

  it.each([
    ['the picture', () => `/versions/${ids.version}/image`],
    ['its thumbnail', () => `/versions/${ids.version}/thumbnail`],
    ['the export', () => `/exports/${ids.export}/file`],
  ])('%s is said to be gone', async (_name, path) => {
    const answer = await story.creator.get(path());
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({ code: 'BLOB_ERASED' });
  });

  it('and no work begins on what is left', async () => {
    const session = await story.session([ids.asset ?? '']);
    await expect(story.submit(session, ids.asset ?? '', 'brighten by 10%')).rejects.toThrow(/VERSION_BLOCKED|BLOB_ERASED/);
    expect(await story.startExport(ids.version ?? '')).toMatchObject({ __typename: 'Refused' });
    expect(readdirSync(join(service.home, 'blobs', 'incoming'))).toEqual([]);
    expect(service.log()).not.toContain('"code":"INTERNAL"');
  });
});
