import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyRoot } from '@imprimatur/formats/merkle';
import { sha256 } from './digest';
import { RemoteLogSigner } from './remote.log.signer';
import { StatefulSigner } from './stateful.signer';

const ORIGIN = 'log.example/one/t/a';
const checkpoint = { origin: ORIGIN, size: 1, root: new Uint8Array(32).fill(1) };

describe('a remote log signer whose process does not answer as it should', () => {
  let folder: string;
  let server: Server;
  let listener: RequestListener;
  let remote: RemoteLogSigner;
  let requests: string[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imprimatur-remote-'));
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      listener(request, response);
    });
    const socket = join(folder, 's.sock');
    await new Promise<void>((ready) => server.listen(socket, ready));
    remote = new RemoteLogSigner({ socket, trustFile: join(folder, 'trust', 'logs.vkey'), timeoutMs: 300 });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    rmSync(folder, { recursive: true });
  });

  const sign = async (): Promise<string> => {
    let said = '';
    await remote.sign([
      { checkpoint, prove: () => Promise.resolve([]), signed: (note) => (said = note), refused: () => (said = 'refused') },
    ]);
    return said;
  };
  const answering = (answers: Readonly<Record<string, unknown>>): void => {
    listener = (request, response) => response.end(JSON.stringify(answers[request.url ?? '']));
  };
  const standing = { '/standings': { standings: [{ last: null, successor: null }] } };
  const noteOf = (origin: string, size = 1): string =>
    new StatefulSigner(join(folder, 'signer'), join(folder, 'x')).sign({ ...checkpoint, origin, size }, []);

  it.each<[string, () => unknown]>([
    ['a note of another log', () => ({ answers: [{ note: noteOf('log.example/one/t/b') }] })],
    ['a note of another size', () => ({ answers: [{ note: noteOf(ORIGIN, 2) }] })],
    ['no note', () => ({ answers: [{ note: 'hello' }] })],
    ['too few answers', () => ({ answers: [] })],
    ['too many answers', () => ({ answers: [{ refused: 'x' }, { refused: 'x' }] })],
    ['another shape', () => ({ notes: [] })],
    ['nothing', () => undefined],
  ])('%s is not taken for a signature', async (_what, answer) => {
    answering({ ...standing, '/sign': answer() });
    await expect(sign()).rejects.toMatchObject({ code: 'LOG_SIGNER_NOT_UNDERSTOOD' });
  });

  it('keys of another log are not pinned', async () => {
    const { all } = new StatefulSigner(join(folder, 'signer'), join(folder, 'x')).vkeys('log.example/one/t/b');
    answering({ '/pin': { vkeys: [all] } });
    await expect(remote.pin([ORIGIN])).rejects.toMatchObject({ code: 'LOG_SIGNER_NOT_UNDERSTOOD' });
    expect(existsSync(join(folder, 'trust'))).toBe(false);
  });

  it('one that never agrees on what was signed last is given up', async () => {
    const last = { origin: ORIGIN, size: 0, root: Buffer.from(emptyRoot(sha256)).toString('base64') };
    answering({ ...standing, '/sign': { answers: [{ last }] } });
    await expect(sign()).rejects.toMatchObject({ code: 'LOG_SIGNER_CONTENDED', retryable: true });
    expect(requests.filter((path) => path === '/sign')).toHaveLength(3);
  });

  it('one that takes the request and says nothing is late', async () => {
    listener = () => undefined;
    await expect(sign()).rejects.toMatchObject({ code: 'LOG_SIGNER_TIMEOUT', retryable: true });
  });

  it('one that stops in the middle of its answer is late, too', async () => {
    listener = (_request, response) => void response.write('{"standings":');
    await expect(sign()).rejects.toMatchObject({ code: 'LOG_SIGNER_TIMEOUT' });
  });

  it('one that hangs up is not there', async () => {
    listener = (request) => request.socket.destroy();
    await expect(sign()).rejects.toMatchObject({ code: 'LOG_SIGNER_UNAVAILABLE', retryable: true });
  });

  it('what it refuses by a Fault is that Fault', async () => {
    listener = (_request, response: ServerResponse) =>
      response.writeHead(500).end(JSON.stringify({ code: 'SIGNER_MEMORY_BROKEN', message: 'broken', retryable: false }));
    await expect(sign()).rejects.toMatchObject({ code: 'SIGNER_MEMORY_BROKEN', message: 'broken', retryable: false });
  });

  it('asks once for each batch where it knows what was signed last', async () => {
    const note = noteOf(ORIGIN);
    answering({ ...standing, '/sign': { answers: [{ note }] } });
    for (let time = 0; time < 3; time += 1) expect(await sign()).toBe(note);
    expect(requests).toEqual(['/standings', '/sign', '/sign', '/sign']);
  });
});
