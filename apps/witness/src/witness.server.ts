import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Witness } from './witness.js';

const BODY_BYTES_MAX = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

export interface RunningWitness {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves a witness over HTTP. `report` hears what is no answer: a memory or a key that cannot be read. */
export async function serveWitness(
  witness: Witness,
  at: { readonly host: string; readonly port: number },
  report: (error: unknown) => void,
): Promise<RunningWitness> {
  const server = createServer((request, response) => {
    answer(witness, request, response).catch((error: unknown) => {
      report(error);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('the witness cannot cosign now\n');
    });
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(at.port, at.host, ready);
  });
  const { port } = server.address() as AddressInfo;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return { url: `http://${host}:${port}`, stop: () => close(server) };
}

async function answer(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').replace(/\?.*$/, '');
  if (request.method === 'GET' && path === '/witness.vkey') return reply(response, 200, witness.vkeys().join('\n') + '\n');
  if (path !== '/add-checkpoint')
    return reply(response, 404, 'POST /add-checkpoint is what a witness answers; its key is at /witness.vkey\n');
  if (request.method !== 'POST') return reply(response, 405, 'POST a checkpoint\n');
  const body = await bodyOf(request);
  if (body === null) return reply(response, 413, `a request is at most ${BODY_BYTES_MAX} bytes\n`);
  const said = witness.addCheckpoint(body);
  response.writeHead(said.status, { 'content-type': said.contentType }).end(said.body);
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}
