import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Said {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Trouble = 'hang' | 'cut' | 'garbage' | Said;

export interface Heard {
  readonly request: IncomingMessage;
  readonly bytes: Buffer;
  readonly json: Record<string, unknown>;
}

export const no = (status: number, body: object = { error: { message: 'no' } }): Said => ({ status, body });

/** A vendor's endpoint on this machine: it hears requests, has troubles in turn, and otherwise answers as its protocol does. */
export class ModeratorServer {
  private readonly server: Server;
  /** One for each of the next requests. */
  readonly troubles: Trouble[] = [];
  readonly heard: Heard[] = [];

  private constructor(answer: (heard: Heard) => Said | Promise<Said>) {
    this.server = createServer((request, response) => {
      void this.listen(request, answer).then((said) => {
        if (said === 'hang') return;
        if (said === 'cut') return response.destroy();
        const { status, body, headers } = said === 'garbage' ? { status: 200, body: '<html>proxy</html>', headers: {} } : said;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
  }

  static async start(answer: (heard: Heard) => Said | Promise<Said>): Promise<ModeratorServer> {
    const started = new ModeratorServer(answer);
    await new Promise<void>((resolve) => started.server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async listen(
    request: IncomingMessage,
    answer: (heard: Heard) => Said | Promise<Said>,
  ): Promise<'hang' | 'cut' | 'garbage' | Said> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const text = bytes.toString('utf8');
    const heard = { request, bytes, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
    this.heard.push(heard);
    return this.troubles.shift() ?? answer(heard);
  }
}
