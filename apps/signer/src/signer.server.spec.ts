import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StatefulSigner } from '@imprimatur/domain/log-signer';
import { FolderHold } from '@imprimatur/platform/signing';
import { signerServer } from './signer.server';
import { close, listenOn } from './signer.socket';

const ORIGIN = 'log.example/one/t/tenant';
const ROOT = Buffer.alloc(32, 7).toString('base64');
const good = { origin: ORIGIN, size: 3, root: ROOT, oldSize: 0, proof: [] };

describe('what the signer’s process answers', () => {
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-signer-'));
  const path = join(home, 'run', 's.sock');
  const reported: unknown[] = [];
  let server: Server;
  let hold: FolderHold;
  beforeAll(async () => {
    hold = FolderHold.take(join(home, 'signer'));
    server = signerServer(new StatefulSigner(join(home, 'signer'), join(home, 'trust', 'logs.vkey')), hold, (error) =>
      reported.push(error),
    );
    await listenOn(server, { path, groupAccess: false });
  });
  afterAll(async () => {
    await close(server);
    rmSync(home, { recursive: true });
  });

  function ask(operation: string, body: string, method = 'POST'): Promise<{ status: number; said: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      const call = request({ socketPath: path, path: operation, method, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, said: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> }),
        );
      });
      call.on('error', reject);
      call.end(body);
    });
  }
  const sign = (...checkpoints: unknown[]) => ask('/sign', JSON.stringify({ checkpoints }));

  /** Every file but the hold, with its bytes. */
  function state(): string {
    const names = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return names
      .map(({ parentPath, name }) => `${name} ${hash('sha256', readFileSync(join(parentPath, name)))}`)
      .sort()
      .join('\n');
  }

  it('signs, and signs the same again', async () => {
    const first = await sign(good);
    expect(first).toMatchObject({ status: 200, said: { answers: [{ note: expect.stringContaining(ORIGIN) as string }] } });
    expect(await sign({ ...good, oldSize: 3 })).toEqual(first);
  });

  it.each<[string, string, string, number, string]>([
    ['no JSON', '/sign', '{"checkpoints":', 400, 'SIGNER_REQUEST_INVALID'],
    ['nothing', '/sign', '', 400, 'SIGNER_REQUEST_INVALID'],
    ['another shape', '/sign', '[]', 400, 'SIGNER_REQUEST_INVALID'],
    ['no checkpoint', '/sign', '{"checkpoints":[]}', 400, 'SIGNER_REQUEST_INVALID'],
    [
      'too many checkpoints',
      '/sign',
      JSON.stringify({ checkpoints: Array.from({ length: 33 }, () => good) }),
      400,
      'SIGNER_REQUEST_INVALID',
    ],
    ['too much', '/sign', `"${'x'.repeat(1024 * 1024)}"`, 413, 'SIGNER_REQUEST_TOO_LARGE'],
    ['an unknown field', '/sign', JSON.stringify({ checkpoints: [good], force: true }), 400, 'SIGNER_REQUEST_INVALID'],
    ['another operation', '/rotate', '{}', 404, 'SIGNER_OPERATION_UNKNOWN'],
    ['a name of every object', '/toString', '{}', 404, 'SIGNER_OPERATION_UNKNOWN'],
    ['a query', '/sign?x', '{}', 404, 'SIGNER_OPERATION_UNKNOWN'],
    ['origins that are none', '/pin', '{"origins":["hello"]}', 400, 'SIGNER_REQUEST_INVALID'],
    ['an origin that would add a line', '/pin', JSON.stringify({ origins: [`a/b/t/c\nevil+00+x`] }), 400, 'SIGNER_REQUEST_INVALID'],
    ['too many origins', '/pin', JSON.stringify({ origins: Array(1001).fill(ORIGIN) }), 400, 'SIGNER_REQUEST_INVALID'],
    ['an installation that is none', '/retire', '{"installation":"x","successor":"a/b"}', 400, 'SIGNER_REQUEST_INVALID'],
    ['a number for a note', '/has-signed', '{"note":1}', 400, 'SIGNER_REQUEST_INVALID'],
    ['an origin that is to follow itself', '/retire', '{"installation":"a/b","successor":"a/b"}', 500, 'SUCCESSION_CIRCULAR'],
  ])('refuses %s, and nothing changes', async (_what, operation, body, status, code) => {
    const before = state();
    expect(await ask(operation, body)).toMatchObject({ status, said: { code, retryable: false } });
    expect(state()).toBe(before);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a size that is text', { size: '4' }],
    ['a size below zero', { size: -1 }],
    ['half a size', { size: 3.5 }],
    ['a size beyond what is exact', { size: 2 ** 53 }],
    ['a short root', { root: Buffer.alloc(31).toString('base64') }],
    ['a root of other letters', { root: `${'-'.repeat(43)}=` }],
    ['a root with bits after its end', { root: `${'A'.repeat(42)}B=` }],
    ['a proof of no hashes', { proof: ['x'] }],
    ['an endless proof', { proof: Array(129).fill(ROOT) }],
    ['an origin with a line break', { origin: `${ORIGIN}\nx` }],
    ['an endless origin', { origin: `a/${'b'.repeat(300)}/0` }],
  ])('refuses a checkpoint with %s beside a good one, and signs neither', async (_what, wrong) => {
    const before = state();
    const next = { ...good, origin: 'log.example/one/t/new' };
    expect(await sign(next, { ...good, ...wrong })).toMatchObject({ status: 400, said: { code: 'SIGNER_REQUEST_INVALID' } });
    expect(state()).toBe(before);
  });

  it('refuses what does not grow, tells what it remembers to whoever guessed wrong, and goes on with the others', async () => {
    const other = { ...good, origin: 'log.example/one/t/other' };
    const { said } = await sign(
      { ...good, size: 2, oldSize: 3 },
      { ...good, root: Buffer.alloc(32, 8).toString('base64'), oldSize: 3 },
      { ...good, size: 5, oldSize: 2 },
      other,
    );
    expect(said.answers).toEqual([
      { refused: expect.stringMatching(/size 2 does not grow out of the size 3/) as string },
      { refused: expect.stringMatching(/size 3 does not grow out of the size 3/) as string },
      { last: { origin: ORIGIN, size: 3, root: ROOT } },
      { note: expect.any(String) as string },
    ]);
  });

  it('answers POST only', async () => {
    expect(await ask('/vkeys', '', 'GET')).toMatchObject({ status: 405, said: { code: 'SIGNER_REQUEST_INVALID' } });
  });

  it('signs nothing once somebody took its folder, and reports it', async () => {
    const [file] = readdirSync(join(home, 'signer')).filter((name) => name.startsWith('holder.'));
    rmSync(join(home, 'signer', file ?? ''));
    reported.length = 0;
    expect(await sign({ ...good, origin: 'log.example/one/t/late' })).toMatchObject({ status: 500, said: { code: 'SIGNER_FOLDER_TAKEN' } });
    expect(await ask('/retire', '{"installation":"a/b","successor":"a/c"}')).toMatchObject({ said: { code: 'SIGNER_FOLDER_TAKEN' } });
    expect(reported).toHaveLength(2);
  });
});
