import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { newId } from '@imprimatur/kernel';
import { TestService, until } from '../support/service';
import { type Item, MARKETING, PORTRAIT, Story } from '../support/story';

const execute = promisify(execFile);
const bin = join(__dirname, '../../bin/imprimatur');

interface Verified {
  readonly code: number;
  readonly text: string;
}

/** Two people side by side: the portrait, and the portrait turned around. */
async function twoPeople(): Promise<Buffer> {
  const one = await sharp(PORTRAIT).resize(600, 800, { fit: 'cover' }).toBuffer();
  const other = await sharp(one).flop().toBuffer();
  return sharp({ create: { width: 1200, height: 800, channels: 3, background: '#fff' } })
    .composite([
      { input: one, left: 0, top: 0 },
      { input: other, left: 600, top: 0 },
    ])
    .jpeg({ quality: 92 })
    .toBuffer();
}

describe('a consent is withdrawn', () => {
  let service: TestService;
  let story: Story;
  let asset: string;
  let item: Item;
  let exported: string;
  let file: string;
  const out = mkdtempSync(join(tmpdir(), 'imprimatur-withdrawn-'));
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    asset = await story.upload(await twoPeople(), 'two.jpg');
    expect(await story.screened(asset)).toBe(2);
  }, 120_000);
  afterAll(async () => {
    rmSync(out, { recursive: true });
    await service?.close();
  });

  const facesOf = async (of: Item): Promise<readonly { face: number; outcome: string }[]> => {
    const [row] = await service.database.asAdmin<{ evidence: { faces: { face: number; outcome: string }[] } }>(
      `select evidence from verdict where item = $1 and gate = 'consent' order by ordinal limit 1`,
      [of.id.slice('item_'.length)],
    );
    return row?.evidence.faces ?? [];
  };
  const status = async (id: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await fetch(`${service.url}/exports/${id}/status`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const verify = (...options: readonly string[]): Promise<Verified> =>
    execute(process.execPath, [bin, 'verify', file, ...options], {
      env: { ...process.env, IMPRIMATUR_HOME: service.home, NO_COLOR: '1', NODE_OPTIONS: '' },
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, text: error.stdout + error.stderr }),
    );

  it('after both faces of a picture were covered, and not before', async () => {
    await story.consent(asset);
    const half = (await story.edit(asset, 'brighten by 10%', MARKETING)).item;
    expect(half.state).toBe('REFUSED');
    expect((await facesOf(half)).map(({ outcome }) => outcome).sort()).toEqual(['matched', 'missing']);
    await story.consent(asset, MARKETING, 1);
    item = (await story.edit(asset, 'brighten by 10%', MARKETING)).item;
    expect(item.state).toBe('HELD');
    await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    exported = started.export.id;
    expect((await status(exported)).status).toBe(404);
    expect((await story.exported(exported)).state).toBe('DONE');
    file = join(out, 'two.jpg');
    const answer = await story.creator.get(`/exports/${exported}/file`);
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  }, 180_000);

  it('and until then the file stands, for whoever asks', async () => {
    expect(await status(exported)).toEqual({
      status: 200,
      body: { export: exported.slice('export_'.length), status: 'valid', since: null, checkedAt: expect.any(String) as string },
    });
    const online = await verify('--online', service.url);
    expect(online).toMatchObject({ code: 0, text: expect.stringMatching(/good {5}status {14}The service says that it stands/) as string });
    const offline = await verify();
    expect(offline).toMatchObject({
      code: 0,
      text: expect.stringMatching(/unasked +status +Whether consent was withdrawn since/) as string,
    });
  }, 60_000);

  it('and from then on it does not', async () => {
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords(first: 1) { edges { node { id } } } }',
    );
    const { withdrawConsent } = await story.legal.graphql<{ withdrawConsent: { report: Record<string, number> } }>(
      `mutation($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { ... on WithdrawConsentSuccess { report {
         versionsBlocked itemsEnded exportsFlagged } } } }`,
      { input: { idempotencyKey: 'withdraw', consent: consentRecords.edges[0]?.node.id, reason: 'She asked us to.' } },
    );
    expect(withdrawConsent.report).toEqual({ versionsBlocked: 2, itemsEnded: 1, exportsFlagged: 1 });
    expect((await status(exported)).body).toMatchObject({ status: 'withdrawn', since: expect.any(String) as string });
    const online = await verify('--online', service.url);
    expect(online.code).toBe(1);
    expect(online.text).toContain('It stands no longer.');
    expect((await verify()).code).toBe(0);
    expect((await story.item(await turnOf())).state).toBe('BLOCKED');
  }, 60_000);

  it('or its time is over, and what rests on it ends by itself', async () => {
    const limited = await story.upload(await sharp(PORTRAIT).modulate({ brightness: 0.9 }).jpeg().toBuffer(), 'limited.jpg');
    await story.screened(limited);
    await story.consent(limited, MARKETING, 0, new Date(Date.now() + 20_000));
    const made = (await story.edit(limited, 'brighten by 10%', MARKETING)).item;
    await story.approve(made);
    const started = await story.startExport(made.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    expect((await story.exported(started.export.id)).state).toBe('DONE');
    expect((await status(started.export.id)).body).toMatchObject({ status: 'valid' });
    const ended = await until(
      () => status(started.export.id),
      ({ body }) => body.status !== 'valid',
    );
    expect(ended.body).toMatchObject({ status: 'flagged', since: expect.any(String) as string });
    const { auditEvents } = await story.auditor.graphql<{ auditEvents: { edges: { node: { type: string } }[] } }>(
      '{ auditEvents(filter: { types: ["consent.expired"] }) { edges { node { type } } } }',
    );
    expect(auditEvents.edges).toHaveLength(1);
    await expect(story.edit(limited, 'brighten by 10%', MARKETING)).rejects.toThrow(/VERSION_BLOCKED/);
  }, 120_000);

  it('and of what nobody knows nothing is told', async () => {
    const absent = await status(`export_${newId('export')}`);
    expect(absent).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await status('export_x')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it.each([
    ['is down', null, 'could not be asked'],
    ['is another', (_: unknown, response: { end(text: string): void }) => response.end('<html>'), 'did not answer as this service does'],
    ['knows no such export', notThere, 'knows no such export'],
  ] as const)(
    'and a service that %s makes nothing good or bad',
    async (_name, handler, words) => {
      const server = handler === null ? null : await listening(createServer(handler));
      const url = server === null ? 'http://127.0.0.1:9' : `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const online = await verify('--online', url);
      server?.close();
      expect(online).toMatchObject({ code: 2, text: expect.stringContaining(words) as string });
    },
    30_000,
  );

  async function turnOf(): Promise<string> {
    const [row] = await service.database.asAdmin<{ turn: string }>(`select turn from turn_item where id = $1`, [
      item.id.slice('item_'.length),
    ]);
    return `turn_${row?.turn ?? ''}`;
  }
});

function notThere(_request: unknown, response: { writeHead(status: number): { end(text: string): void } }): void {
  response.writeHead(404).end('{}');
}

function listening(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
