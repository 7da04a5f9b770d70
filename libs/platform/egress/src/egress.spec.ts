import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { Fault } from '@imprimatur/kernel';
import { type EgressRequest, exchange } from './egress';

describe('an exchange with the outside', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((ready) => server.once('listening', ready));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const get = (url: string, more: Partial<EgressRequest> = {}) =>
    exchange({ method: 'GET', url, timeoutMs: 5_000, bytesMax: 1_000, reach: 'any', ...more });
  const codeOf = (error: unknown) => (error instanceof Fault ? error.code : String(error));

  it('answers status, kind and bytes, and does not follow a redirect', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/there') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      else response.writeHead(409, { 'content-type': 'Text/X.tlog.size; charset=utf-8' }).end('7\n');
    });
    expect(await get(url)).toMatchObject({ status: 409, contentType: 'text/x.tlog.size', bytes: Buffer.from('7\n') });
    expect((await get(`${url}/there`)).status).toBe(302);
  });

  it('gives up on one that hangs, drips or never ends', async () => {
    const hanging = await serve(() => undefined);
    const dripping = await serve((_, response) => {
      response.write('x');
    });
    const endless = await serve((_, response) => void response.end('x'.repeat(2_000)));
    for (const url of [hanging, dripping])
      expect(codeOf(await get(url, { timeoutMs: 100 }).catch((error: unknown) => error))).toBe('EGRESS_FAILED');
    expect(codeOf(await get(endless).catch((error: unknown) => error))).toBe('EGRESS_FAILED');
  });

  it.each([
    ['wants another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['closes without an answer', ''],
  ])('does not wait for one that %s', async (_, words) => {
    const server = createRawServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (words === '' ? socket.destroy() : socket.write(words)));
    }).listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const closed = new Promise((done) => server.once('connection', (socket) => socket.once('close', done)));
    expect(codeOf(await get(url).catch((error: unknown) => error))).toBe('EGRESS_FAILED');
    await closed;
    server.close();
  });

  it('reads the beginning of an answer, and no more, where that is enough', async () => {
    const url = await serve((request, response) => void response.writeHead(request.url === '/no' ? 500 : 200).end('x'.repeat(200_000)));
    const [yes, no] = [await get(url, { cut: true }), await get(`${url}/no`, { cut: true })];
    expect([yes.status, no.status, yes.bytes.length, no.bytes.length]).toEqual([200, 500, 1_000, 1_000]);
  });

  it('keeps the connection where it is told to, and only there', async () => {
    const sockets = new Set<unknown>();
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      response.end('yes');
    });
    for (let times = 0; times < 3; times += 1) await get(url, { keep: true });
    expect(sockets.size).toBe(1);
    for (let times = 0; times < 3; times += 1) await get(url);
    expect(sockets.size).toBe(4);
  });

  it('goes on with a new connection after one that was kept went wrong', async () => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked += 1;
      if (asked === 2) return;
      response.end('yes');
    });
    expect((await get(url, { keep: true })).status).toBe(200);
    expect(codeOf(await get(url, { keep: true, timeoutMs: 100 }).catch((error: unknown) => error))).toBe('EGRESS_FAILED');
    expect((await get(url, { keep: true })).status).toBe(200);
  });

  it.each([
    'http://127.0.0.1:9/',
    'http://localhost:9/',
    'http://[::1]:9/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://192.168.1.1/',
    'http://0.0.0.0/',
    'http://2130706433/',
    'file:///etc/passwd',
    'not an address',
  ])('%s is not reached for a user', async (url) => {
    expect(codeOf(await get(url, { reach: 'public' }).catch((error: unknown) => error))).toBe('EGRESS_REFUSED');
  });
});
