import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { newId } from '@imprimatur/kernel';
import { TestService, until } from '../support/service';
import { type Item, MARKETING, PORTRAIT, Story } from '../support/story';

const execute = promisify(execFile);
const bin = join(__dirname, '../../bin/imprimatur');

interface Issued {
  readonly receipt: { readonly id: string; readonly document: Record<string, unknown> | null; readonly proof: object | null };
  readonly capability: string | null;
}

interface Shown {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly receipt: { readonly receipt_metadata: { readonly receipt_id: string } } | null;
    readonly proof: object | null;
    readonly consent: { readonly state: string };
    readonly uses: readonly Record<string, unknown>[];
    readonly report?: Readonly<Record<string, number>>;
  };
}

describe('a depicted person withdraws with a receipt', () => {
  let service: TestService;
  let story: Story;
  let consent: string;
  let item: Item;
  let exported: string;
  let issued: Issued;
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-receipt-'));
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    const asset = await story.upload(PORTRAIT);
    await story.screened(asset);
    await story.consent(asset);
    consent = await newestConsent();
    item = (await story.edit(asset, 'brighten by 10%', MARKETING)).item;
    await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    exported = started.export.id;
    expect((await story.exported(exported)).state).toBe('DONE');
  }, 180_000);
  afterAll(async () => {
    rmSync(home, { recursive: true });
    await service?.close();
  });

  async function newestConsent(): Promise<string> {
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords(first: 1) { edges { node { id } } } }',
    );
    return consentRecords.edges[0]?.node.id ?? '';
  }
  async function issue(of = consent, replace = false, idempotencyKey = newId('request') as string): Promise<Issued> {
    const { issueConsentReceipt } = await story.legal.graphql<{ issueConsentReceipt: Issued }>(
      `mutation($input: IssueConsentReceiptInput!) { issueConsentReceipt(input: $input) {
         ... on Refused { code message } ... on IssueConsentReceiptSuccess { capability receipt { id document proof } } } }`,
      { input: { idempotencyKey, consent: of, replace } },
    );
    return issueConsentReceipt;
  }
  async function ask(path: string, capability: string | null, init: RequestInit = {}): Promise<Shown> {
    const headers = { connection: 'close', ...(init.body ? { 'content-type': 'application/json' } : {}) };
    const response = await fetch(`${service.url}/receipts/${path}`, {
      ...init,
      headers: capability === null ? headers : { ...headers, authorization: `Bearer ${capability}` },
    });
    return { status: response.status, body: (await response.json()) as Shown['body'] };
  }
  const plain = ({ status, body }: Shown): unknown => ({ status, body: { ...body, requestId: null } });

  it('that is given once, and of which only a hash is kept', async () => {
    const key = newId('request');
    issued = await issue(consent, false, key);
    expect(issued.capability).toMatch(/^imr_[A-Za-z0-9_-]{43}$/);
    expect(issued.receipt.document).toMatchObject({
      receipt_metadata: { receipt_id: issued.receipt.id },
      consent_record: { record_id: consent, record_version: 1 },
      pii_processing: {
        privacy_notice: { text: 'Your portrait may be retouched.', language: 'en' },
        lawful_basis: 'consent',
        purposes: [{ purpose: 'marketing', processing_methods: ['retouch'], channels: ['website'] }],
      },
      events: [{ event_state: 'given' }],
    });
    expect(JSON.stringify(issued.receipt.document)).not.toContain('The person shown');
    expect(await issue(consent, false, key)).toMatchObject({ capability: null, receipt: { id: issued.receipt.id } });
    const capability = issued.capability ?? '';
    const [row] = await service.database.asAdmin<{ hash: Buffer; whole: string }>(
      'select capability_sha256 as hash, r::text as whole from consent_receipt r',
    );
    expect(row?.hash).toEqual(createHash('sha256').update(capability).digest());
    const kept = await service.database.asAdmin<{ found: number }>(
      `select count(*)::int as found from idempotency_key k where k::text like '%' || $1 || '%'`,
      [capability],
    );
    expect([row?.whole.includes(capability.slice(4)), kept[0]?.found]).toEqual([false, 0]);
  }, 60_000);

  it('sees where the picture was used, and nothing of who asked how', async () => {
    const { status, body } = await ask(issued.receipt.id, issued.capability);
    expect(status).toBe(200);
    expect(body.receipt).toEqual(issued.receipt.document);
    expect(body.consent.state).toBe('given');
    expect(body.uses).toEqual([
      {
        export: exported,
        at: expect.any(String) as string,
        useCase: 'marketing',
        channel: 'website',
        territory: 'none',
        standing: 'valid',
        standingSince: null,
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/brighten|Ana|Ben|Lea|The person shown/);
  }, 60_000);

  it('holds a receipt that the log stands behind, also offline', async () => {
    const { body } = await until(
      () => ask(issued.receipt.id, issued.capability),
      ({ body: now }) => now.proof !== null,
    );
    const file = join(home, 'receipt.json');
    writeFileSync(file, JSON.stringify(body.proof));
    const { viewer } = await story.auditor.graphql<{ viewer: { tenant: { id: string } } }>('{ viewer { tenant { id } } }');
    const key = join(home, 'log.vkey');
    writeFileSync(key, await (await story.auditor.get(`/log/${viewer.tenant.id}/log.vkey`)).text());
    const verify = () =>
      execute(process.execPath, [bin, 'ledger', 'verify', file, '--log-key', key], {
        env: { ...process.env, IMPRIMATUR_HOME: home, NO_COLOR: '1' },
      });
    const { stdout } = await verify();
    expect(stdout).toMatch(/good\. Entry \d+ is in the log, signed by its pinned key/);
    // a terminal is told the beginning
    expect(stdout).toContain(`"record_id":"${consent}"`);
    const forged = JSON.parse(JSON.stringify(body.proof)) as { parts: { receipt: { bytes: string } } };
    forged.parts.receipt.bytes = Buffer.from('{"consent":"to everything"}').toString('base64');
    writeFileSync(file, JSON.stringify(forged));
    await expect(verify()).rejects.toMatchObject({ code: 1 });
  }, 60_000);

  it('and nobody else does: whatever is wrong, the answer is the same', async () => {
    const other = await issue();
    const nothing = plain(await ask(`receipt_${newId('receipt')}`, issued.capability));
    expect(nothing).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    const wrong = `imr_${'A'.repeat(43)}`;
    const asked: [string, string | null][] = [
      [issued.receipt.id, wrong],
      [issued.receipt.id, other.capability],
      [issued.receipt.id, 'imr_'],
      [issued.receipt.id, null],
      ['receipt_x', issued.capability],
    ];
    for (const [id, capability] of asked) {
      expect(plain(await ask(id, capability))).toEqual(nothing);
      expect(plain(await ask(`${id}/withdraw`, capability, { method: 'POST' }))).toEqual(nothing);
    }
    // a member's token opens no receipt, and a capability no account
    expect(plain(await ask(issued.receipt.id, story.legal.token))).toEqual(nothing);
    const elsewhere = await fetch(`${service.url}/exports/${exported}/file`, { headers: { authorization: `Bearer ${issued.capability}` } });
    expect(elsewhere.status).toBe(401);
    const { standing } = (
      await story.creator.graphql<{ export: { standing: string } }>('query($id: ID!) { export(id: $id) { standing } }', { id: exported })
    ).export;
    expect(standing).toBe('VALID');
  }, 60_000);

  it('and a receipt that was replaced opens nothing', async () => {
    const lost = await issue();
    expect((await ask(lost.receipt.id, lost.capability)).status).toBe(200);
    issued = await issue(consent, true);
    expect((await ask(lost.receipt.id, lost.capability)).status).toBe(404);
    const { consentReceipts } = await story.legal.graphql<{
      consentReceipts: { edges: { node: { id: string; endedAt: string | null } }[] };
    }>('query($consent: ID!) { consentReceipts(consent: $consent) { edges { node { id endedAt } } } }', { consent });
    expect(consentReceipts.edges.map(({ node }) => node.endedAt === null)).toEqual([true, false, false, false]);
    await expect(
      story.creator.graphql('query($consent: ID!) { consentReceipts(consent: $consent) { edges { node { document } } } }', { consent }),
    ).rejects.toThrow(/FORBIDDEN/);
  }, 60_000);

  it('takes everything along that rests on the consent, once, under a pseudonym', async () => {
    expect(await ask(`${issued.receipt.id}/withdraw`, issued.capability, { method: 'POST', body: '{"reason": 7}' })).toMatchObject({
      status: 400,
    });
    const both = await Promise.all(
      [1, 2].map(() =>
        ask(`${issued.receipt.id}/withdraw`, issued.capability, { method: 'POST', body: '{"reason": "I changed my mind."}' }),
      ),
    );
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const reports = both.map(({ body }) => body.report).sort((one, other) => (other?.versionsBlocked ?? 0) - (one?.versionsBlocked ?? 0));
    expect(reports).toEqual([
      { versionsBlocked: 2, itemsEnded: 1, tasksClosed: 0, exportsFlagged: 1, exportsStopped: 0 },
      { versionsBlocked: 0, itemsEnded: 0, tasksClosed: 0, exportsFlagged: 0, exportsStopped: 0 },
    ]);
    const { body } = await ask(issued.receipt.id, issued.capability);
    expect(body).toMatchObject({
      consent: { state: 'withdrawn' },
      uses: [{ export: exported, standing: 'withdrawn', standingSince: expect.any(String) as string }],
    });
    const [event] = await service.database.asAdmin<{ bytes: Buffer; ref: string }>(
      `select e.bytes, s.ref from ledger_entry e, consent_record c join subject s on s.tenant = c.tenant and s.id = c.subject
        where e.type = 'consent.withdrawn' and c.version = 1`,
    );
    const entry = JSON.parse(event?.bytes.toString() ?? '{}') as { actor: { ref: string; role: string } };
    expect(entry.actor.ref).toBe(event?.ref);
    expect(event?.bytes.toString()).not.toContain('changed my mind');
  }, 120_000);

  it('also on a page, with a browser and nothing else', async () => {
    const asset = await story.upload(await sharp(PORTRAIT).modulate({ brightness: 0.9 }).flop().jpeg().toBuffer());
    await story.screened(asset);
    await story.consent(asset);
    const { receipt, capability } = await issue(await newestConsent());
    const send = async (path: string, fields: Record<string, string>): Promise<{ status: number; page: string }> => {
      const response = await fetch(`${service.url}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'");
      expect(response.headers.get('cache-control')).toBe('no-store');
      return { status: response.status, page: await response.text() };
    };
    const key = { receipt: receipt.id, capability: capability ?? '' };
    const opened = await fetch(`${service.url}/receipt`);
    expect([opened.status, opened.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await fetch(`${service.url}/receipt.css`)).status).toBe(200);
    const wrong = await send('/receipt', { ...key, capability: `imr_${'A'.repeat(43)}` });
    expect(wrong).toMatchObject({ status: 404, page: expect.stringContaining('There is no such receipt') as string });
    expect(await send('/receipt', { ...key, receipt: `receipt_${newId('receipt')}` })).toEqual(wrong);
    expect(await send('/receipt/withdraw', { ...key, capability: '', sure: 'yes' })).toEqual(wrong);
    expect((await send('/receipt/withdraw', { ...key, reason: 'x'.repeat(20_000) })).status).toBe(404);
    const shown = await send('/receipt', key);
    expect(shown).toMatchObject({ status: 200, page: expect.stringContaining('Your consent is in force.') as string });
    expect(shown.page).toContain('Your portrait may be retouched.');
    // whoever did not say that they are sure has not withdrawn
    expect((await send('/receipt/withdraw', key)).page).toContain('Your consent is in force.');
    const done = await send('/receipt/withdraw', { ...key, sure: 'yes' });
    expect(done.page).toContain('Your consent is withdrawn.');
    expect(done.page).toContain('Done. Pictures blocked: 1;');
    expect(service.log()).not.toContain(capability);
  }, 60_000);

  it('and a person who was erased is told nothing more', async () => {
    const asset = await story.upload(await sharp(PORTRAIT).flop().jpeg().toBuffer());
    await story.screened(asset);
    await story.consent(asset);
    const given = await issue(await newestConsent());
    const { node } = await story.legal.graphql<{ node: { subject: string } }>(
      'query($id: ID!) { node(id: $id) { ... on ConsentRecord { subject } } }',
      { id: await newestConsent() },
    );
    const { planErasure } = await story.legal.graphql<{ planErasure: { digest: string } }>(
      'query($subject: ID!) { planErasure(subject: $subject) { digest } }',
      { subject: node.subject },
    );
    await story.legal.graphql(`mutation($input: EraseSubjectInput!) { eraseSubject(input: $input) { __typename } }`, {
      input: { idempotencyKey: newId('request'), subject: node.subject, planDigest: planErasure.digest, reason: 'She asked us to.' },
    });
    const { body } = await until(
      () => ask(given.receipt.id, given.capability),
      ({ body: now }) => now.receipt === null,
    );
    expect(body).toMatchObject({ receipt: null, proof: null, uses: [] });
    const left = await story.legal.graphql<{ node: { document: null; proof: null } }>(
      'query($id: ID!) { node(id: $id) { ... on ConsentReceipt { document proof } } }',
      { id: given.receipt.id },
    );
    expect(left.node).toEqual({ document: null, proof: null });
    expect((await ask(`${given.receipt.id}/withdraw`, given.capability, { method: 'POST' })).status).toBe(200);
  }, 120_000);
});
