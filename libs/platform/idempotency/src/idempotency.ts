import { createHash } from 'node:crypto';
import { assert, canonicalBytes, type Json, newId, type Refusal, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { forgetPlace, insertOrWait, readFirst, storeAnswer, sweepExpired } from './idempotency.repository.js';

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const KEY_PATTERN = /^[\x21-\x7e]{1,200}$/;

export type IdempotencyRefusal = Refusal<'IDEMPOTENCY_KEY_REUSED'> | Refusal<'IDEMPOTENCY_KEY_INVALID'>;

export interface IdempotentRequest {
  /** The operation's name, as clients know it: keys of different operations never meet. */
  readonly operation: string;
  /** 1 to 200 visible ASCII characters, chosen by the client. */
  readonly key: string;
  /** SHA-256 (32 bytes) of what was asked, without the key: see `requestDigest`. */
  readonly requestDigest: Uint8Array;
  /** Codes of refusals that mean 'not yet': they are not kept, so that the same request may be made again later. */
  readonly passing?: readonly string[] | undefined;
}

/** SHA-256 of the canonical JSON of `request`. */
export function requestDigest(request: Json): Uint8Array {
  return createHash('sha256').update(canonicalBytes(request)).digest();
}

/**
 * Runs `work` once per (tenant, actor, operation, key) and answers every repetition with the first answer, a refusal too, for seven
 * days. The answer is stored in the transaction of the change, so it exists exactly when the change does; a duplicate that comes
 * while the first is still running waits for it. A refusal undoes what `work` did (savepoint) and is kept.
 *
 * The caller must COMMIT whatever the answer is: wrap it (`{ answer }`), since a unit of work rolls back on a bare refusal.
 * `T` must be JSON: store ids and read the object again, never a secret.
 */
export async function idempotently<T extends Json, R extends Refusal>(
  write: WriteContext,
  request: IdempotentRequest,
  work: (write: WriteContext) => Promise<Result<T, R>>,
): Promise<Result<T, R | IdempotencyRefusal>> {
  if (!KEY_PATTERN.test(request.key)) return refuse(keyInvalid());
  assert(request.requestDigest.length === 32, 'a request digest has 32 bytes');
  const now = systemClock.now();
  await sweepExpired(write, now);
  const place = { id: newId('request'), ...request, createdAt: now, expiresAt: new Date(now.getTime() + KEPT_MS) };
  if (!(await insertOrWait(write, place))) {
    const first = await readFirst(write, request);
    if (!Buffer.from(request.requestDigest).equals(first.digest)) return refuse(keyReused(request.operation));
    return first.answer as Result<T, R>;
  }
  const answer = await inSavepoint(write, work);
  if (!answer.ok && request.passing?.includes(answer.refusal.code)) await forgetPlace(write, place.id);
  else await storeAnswer(write, place.id, answer);
  return answer;
}

async function inSavepoint<T, R extends Refusal>(
  write: WriteContext,
  work: (write: WriteContext) => Promise<Result<T, R>>,
): Promise<Result<T, R>> {
  const afterwards: (() => void)[] = [];
  await write.manager.query('savepoint idempotent_work');
  const answer = await work({ ...write, afterCommit: (action) => void afterwards.push(action) });
  if (answer.ok) {
    await write.manager.query('release savepoint idempotent_work');
    for (const action of afterwards) write.afterCommit(action);
  } else {
    await write.manager.query('rollback to savepoint idempotent_work');
  }
  return answer;
}

function keyReused(operation: string): Refusal<'IDEMPOTENCY_KEY_REUSED'> {
  return {
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: `This idempotency key was used for another ${operation} already.`,
    remedy: 'Use a fresh key for a new request; repeat a request only with exactly the same input.',
  };
}

function keyInvalid(): Refusal<'IDEMPOTENCY_KEY_INVALID'> {
  return {
    code: 'IDEMPOTENCY_KEY_INVALID',
    message: 'The idempotency key is empty, too long, or has characters that are not visible ASCII.',
    remedy: 'Send 1 to 200 characters, for instance a random UUID per request.',
  };
}
