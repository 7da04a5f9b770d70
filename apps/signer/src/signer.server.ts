import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BODY_BYTES_MAX, isOperation, REQUESTS, type StatefulSigner } from '@imprimatur/domain/log-signer';
import { Fault } from '@imprimatur/kernel';
import type { FolderHold } from '@imprimatur/platform/signing';
import { signerDesk } from './signer.desk.js';

const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 64;
const JSON_TYPE = { 'content-type': 'application/json' };

/** What is answered with another status than 200: `{code, message, retryable}`. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** HTTP, to listen wherever it is told. `report` hears what is no answer: a memory or a key that cannot be read, a disk that is full. */
export function signerServer(signer: StatefulSigner, hold: FolderHold, report: (error: unknown) => void): Server {
  const desk = signerDesk(signer, hold) as Readonly<Record<string, (asked: unknown) => unknown>>;
  const server = createServer((request, response) => {
    answer(desk, request)
      .then((said) => reply(response, 200, said))
      .catch((error: unknown) => refuse(response, error, report));
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = 0; // whoever keeps a connection may: there are few
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

async function answer(desk: Readonly<Record<string, (asked: unknown) => unknown>>, request: IncomingMessage): Promise<unknown> {
  const path = request.url ?? '';
  const operation = isOperation(path) ? desk[path] : undefined;
  if (!isOperation(path) || !operation) throw new Refusal(404, 'SIGNER_OPERATION_UNKNOWN', 'the log signer does nothing of this name');
  if (request.method !== 'POST') throw new Refusal(405, 'SIGNER_REQUEST_INVALID', 'POST it');
  const asked = REQUESTS[path].safeParse(jsonIn(await bodyOf(request)));
  if (!asked.success) {
    const [issue] = asked.error.issues;
    throw new Refusal(400, 'SIGNER_REQUEST_INVALID', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as asked for'}`);
  }
  return operation(asked.data);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw new Refusal(413, 'SIGNER_REQUEST_TOO_LARGE', `a request is at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, 'SIGNER_REQUEST_INVALID', 'the body is no JSON');
  }
}

function refuse(response: ServerResponse, error: unknown, report: (error: unknown) => void): void {
  if (error instanceof Refusal) {
    // what is left of the request is not read
    if (error.status === 413) response.setHeader('connection', 'close');
    return reply(response, error.status, { code: error.code, message: error.message, retryable: false });
  }
  report(error);
  if (error instanceof Fault && error.safe)
    return reply(response, 500, { code: error.code, message: error.message, retryable: error.retryable });
  reply(response, 500, { code: 'SIGNER_FAILED', message: 'the log signer cannot answer now: what it printed says why', retryable: true });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return; // whoever asked has gone
  response.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
}
