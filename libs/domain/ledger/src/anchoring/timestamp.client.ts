import { randomBytes } from 'node:crypto';
import { timestampRequest, tokenOfResponse, verifyTimestamp } from '@imprimatur/formats/timestamp';
import { Fault } from '@imprimatur/kernel';
import { exchange } from '@imprimatur/platform/egress';
import { sha256 } from '../digest.js';

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const NONCE_BYTES = 8;

export interface Stamp {
  /** DER of the token. */
  readonly token: Uint8Array;
  /** Common name of the authority's certificate. */
  readonly name: string;
  readonly time: Date;
  /** When its certificate ends. */
  readonly expiresAt: Date;
}

/** An RFC 3161 time-stamping authority over HTTP. What it answers is verified before it is kept. */
export class TimestampClient {
  constructor(private readonly url: string) {}

  /** Throws Fault TIMESTAMP_FAILED (retryable) when there is no answer, or one that does not stamp the message. */
  async stamp(message: Uint8Array): Promise<Stamp> {
    const nonce = randomBytes(NONCE_BYTES);
    // positive, and without a leading zero byte, so that it comes back in the same form
    nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
    const answer = await exchange({
      method: 'POST',
      url: this.url,
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: timestampRequest(sha256(message), nonce),
      timeoutMs: TIMEOUT_MS,
      bytesMax: ANSWER_BYTES_MAX,
      reach: 'any',
    });
    if (answer.status !== 200) throw failed(`the time-stamping authority answered ${answer.status}`);
    const token = tokenOfResponse(answer.bytes, nonce);
    if (typeof token === 'string') throw failed(token);
    const report = await verifyTimestamp(token, message, null);
    if (report.status === 'broken') throw failed(report.why);
    return { token, name: report.name, time: new Date(report.time), expiresAt: new Date(report.expiresAt) };
  }
}

function failed(message: string): Fault {
  return new Fault({ room: 'ledger', code: 'TIMESTAMP_FAILED', message, retryable: true });
}
