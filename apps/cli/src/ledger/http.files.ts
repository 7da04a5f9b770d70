import { setTimeout as wait } from 'node:timers/promises';
import { UsageError } from '../usage.error.js';

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 200;
const WAIT_MAX_MS = 60_000;
const ANSWER_TIMEOUT_MS = 60_000;
const BYTES_MAX = 64 * 1024 * 1024;

/** Files over HTTP, asked for again when the network or the service is not up to it at the moment. */
export class HttpFiles {
  constructor(private readonly token: string | null) {}

  /** Null: 404. Throws UsageError when it cannot be known. */
  async get(url: string): Promise<Uint8Array | null> {
    let trouble = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const answer = await this.attempt(url);
      if (answer.kind === 'file') return answer.bytes;
      if (answer.kind === 'refused') throw new UsageError(`${url}: ${answer.why}`);
      trouble = answer.why;
      if (attempt + 1 < ATTEMPTS) await wait(Math.min(WAIT_MAX_MS, answer.waitMs ?? FIRST_WAIT_MS * 2 ** attempt));
    }
    throw new UsageError(`${url}: ${trouble}, ${ATTEMPTS} times`);
  }

  private async attempt(url: string): Promise<Answer> {
    try {
      const response = await fetch(url, {
        headers: this.token === null ? {} : { authorization: `Bearer ${this.token}` },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      if (response.ok) {
        if (Number(response.headers.get('content-length') ?? 0) > BYTES_MAX)
          return { kind: 'refused', why: 'the answer is far too large for a file of a log' };
        return { kind: 'file', bytes: new Uint8Array(await response.arrayBuffer()) };
      }
      await response.body?.cancel();
      return refusal(response);
    } catch (error) {
      return { kind: 'again', why: reasonOf(error), waitMs: null };
    }
  }
}

type Answer =
  | { readonly kind: 'file'; readonly bytes: Uint8Array | null }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'again'; readonly why: string; readonly waitMs: number | null };

function refusal({ status, headers }: Response): Answer {
  if (status === 404 || status === 410) return { kind: 'file', bytes: null };
  const why = `the service answered ${status}`;
  if (status === 401 || status === 403)
    return { kind: 'refused', why: `${why}: give --token, or set IMPRIMATUR_TOKEN, for a role that may read the ledger` };
  if (status !== 429 && status < 500) return { kind: 'refused', why };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return { kind: 'again', why, waitMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null };
}

/** What went wrong underneath: fetch itself says no more than that it failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : error.message;
}
