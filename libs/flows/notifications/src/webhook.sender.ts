import type { Prepared, SendOutcome } from '@imprimatur/domain/webhooks';
import { Fault, systemClock } from '@imprimatur/kernel';
import { exchange } from '@imprimatur/platform/egress';

/** Of the exchange with one receiver, to the last byte that is read. */
const TIMEOUT_MS = 15_000;
/** Of an answer no more is read. */
const ANSWER_BYTES_MAX = 1_024;
const ANSWER_CHARS_MAX = 200;

/** One attempt. Never throws for what a receiver did or did not do: that is its outcome. */
export async function send({ url, headers, body, reach }: Prepared): Promise<SendOutcome> {
  const [at, began] = [systemClock.now(), performance.now()];
  const tookMs = (): number => Math.round(performance.now() - began);
  try {
    const wanted = {
      headers: { ...headers, 'user-agent': 'Imprimatur-Webhook/1' },
      body,
      timeoutMs: TIMEOUT_MS,
      bytesMax: ANSWER_BYTES_MAX,
    };
    const { status, bytes } = await exchange({ method: 'POST', url, ...wanted, cut: true, reach });
    const isTaken = status >= 200 && status < 300;
    return { at, tookMs: tookMs(), status, failure: null, answer: isTaken ? null : beginningOf(bytes) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { at, tookMs: tookMs(), status: null, failure: error.code, answer: null };
  }
}

/** Enough to see what a receiver complains of; control characters are nobody's complaint. */
function beginningOf(bytes: Uint8Array): string | null {
  const text = new TextDecoder()
    .decode(bytes)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return text === '' ? null : text.slice(0, ANSWER_CHARS_MAX);
}
