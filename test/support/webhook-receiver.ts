import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  readonly id: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Message {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly entry: string; readonly sequence: number; readonly ids: readonly string[] };
}

/** Somebody else's server: it can be away, hang, and refuse. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** What it answers; null: it takes the message and says nothing. */
  status: number | null = 204;
  private server: Server | null = null;
  private port = 0;
  private readonly hanging: ServerResponse[] = [];

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook?token=in-the-query`;
  }

  /** At the same port as before. */
  async open(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        this.received.push({ id: headers['webhook-id'] ?? '', body: Buffer.concat(chunks).toString(), headers });
        if (this.status === null) this.hanging.push(response);
        else response.writeHead(this.status).end(this.status < 300 ? undefined : `no: ${'x'.repeat(5_000)}`);
      });
    }).listen(this.port, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async close(): Promise<void> {
    const server = this.server;
    this.server = null;
    server?.closeAllConnections();
    if (server) await new Promise((closed) => server.close(closed));
  }
}

/** As a receiver does it: throws unless one of the signatures is good and the time is now. */
export function verified({ body, headers }: Received, secret: string): Message {
  return new Webhook(secret).verify(body, headers) as Message;
}
