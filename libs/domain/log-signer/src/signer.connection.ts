import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { Fault } from '@imprimatur/kernel';
import { type Answer, ANSWERS, type Operation, REFUSAL, type RequestText } from './signer.protocol.js';

const CONNECTIONS_MAX = 4;
const OK = 200;

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Calls to a signer's process: HTTP over its socket, on connections that are kept. Every call ends within its time. */
export class SignerConnection {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });

  constructor(private readonly socket: string) {}

  /**
   * Throws Fault LOG_SIGNER_UNAVAILABLE or LOG_SIGNER_TIMEOUT, both retryable: whether it was done is not known then, and it may be asked again.
   * Throws the Fault that the signer answered with, and LOG_SIGNER_NOT_UNDERSTOOD for an answer of another program or version.
   */
  async call<O extends Operation>(operation: O, asked: RequestText<O>, timeoutMs: number): Promise<Answer<O>> {
    const signal = AbortSignal.timeout(timeoutMs);
    const body = JSON.stringify(asked);
    const { status, text } = await this.post(operation, body, signal).catch((cause: unknown) => {
      throw signal.aborted ? this.late(timeoutMs, cause) : this.unavailable(cause);
    });
    const said = jsonOf(text);
    if (status !== OK) throw this.refused(said, status);
    const answer = ANSWERS[operation].safeParse(said);
    if (!answer.success) throw this.notUnderstood(answer.error);
    return answer.data as Answer<O>;
  }

  /** Closes what is kept; calls under way are not disturbed, and the next one opens a connection again. */
  close(): void {
    for (const kept of Object.values(this.agent.freeSockets)) kept?.forEach((socket) => socket.destroy());
  }

  /** Once more where the signer was started again since the last call: a connection that was kept is then found broken. */
  private async post(path: string, body: string, signal: AbortSignal): Promise<Reply> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    for (;;) {
      const call = request({ socketPath: this.socket, path, method: 'POST', agent: this.agent, headers, signal });
      call.on('error', () => undefined); // also after the response began; whoever waits hears of it
      call.end(body);
      try {
        const [response] = (await once(call, 'response')) as [IncomingMessage];
        return { status: response.statusCode ?? 0, text: await textOf(response) };
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (!call.reusedSocket || signal.aborted || (code !== 'ECONNRESET' && code !== 'EPIPE')) throw error;
      }
    }
  }

  private unavailable(cause: unknown): Fault {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EACCES' ? 'this user may not open its socket' : (code ?? 'the connection broke');
    const message = `the log signer at ${this.socket} cannot be reached (${why})`;
    return new Fault({ room: 'ledger', code: 'LOG_SIGNER_UNAVAILABLE', message, retryable: true, safe: true, cause });
  }

  private late(timeoutMs: number, cause: unknown): Fault {
    const message = `the log signer at ${this.socket} did not answer within ${timeoutMs} ms`;
    return new Fault({ room: 'ledger', code: 'LOG_SIGNER_TIMEOUT', message, retryable: true, safe: true, cause });
  }

  private refused(said: unknown, status: number): Fault {
    const refusal = REFUSAL.safeParse(said);
    if (!refusal.success) return this.notUnderstood(`status ${status}`);
    const { code, message, retryable } = refusal.data;
    return new Fault({ room: 'ledger', code, message, retryable, safe: true });
  }

  private notUnderstood(cause: unknown): Fault {
    const message = `what answers at ${this.socket} is no log signer of this version`;
    return new Fault({ room: 'ledger', code: 'LOG_SIGNER_NOT_UNDERSTOOD', message, safe: true, cause });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
