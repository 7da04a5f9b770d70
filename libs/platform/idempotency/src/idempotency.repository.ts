import { assert, type Refusal, type Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import type { IdempotencyPlace } from './idempotency.types.js';

const SWEPT_PER_REQUEST = 20;

/**
 * True when this transaction is the first; false when another one was, after waiting for it to end: `on conflict` blocks on a row
 * that is not committed yet, and takes the place when that one rolls back. An expired row is taken over.
 */
export async function insertOrWait(write: WriteContext, place: IdempotencyPlace): Promise<boolean> {
  const rows: unknown = await write.manager.query(
    `insert into idempotency_key as known (tenant, id, actor, operation, key, request_digest, answer, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, null, $7, $8)
     on conflict (tenant, actor, operation, key) do update
       set id = excluded.id, request_digest = excluded.request_digest, answer = null,
           created_at = excluded.created_at, expires_at = excluded.expires_at
       where known.expires_at <= excluded.created_at
     returning id`,
    [
      write.context.tenant,
      place.id,
      write.context.actor.ref,
      place.operation,
      place.key,
      Buffer.from(place.requestDigest),
      place.createdAt,
      place.expiresAt,
    ],
  );
  return Array.isArray(rows) && rows.length > 0;
}

/** The committed first request under this key. */
export async function readFirst(
  write: WriteContext,
  request: Pick<IdempotencyPlace, 'operation' | 'key'>,
): Promise<{ readonly digest: Uint8Array; readonly answer: Result<unknown, Refusal> }> {
  const rows: { request_digest: Buffer; answer: Result<unknown, Refusal> | null }[] = await write.manager.query(
    `select request_digest, answer from idempotency_key where tenant = $1 and actor = $2 and operation = $3 and key = $4`,
    [write.context.tenant, write.context.actor.ref, request.operation, request.key],
  );
  const [first] = rows;
  assert(first?.answer, 'a committed idempotency row has its answer');
  return { digest: first.request_digest, answer: first.answer };
}

export async function storeAnswer(write: WriteContext, id: string, answer: Result<unknown, Refusal>): Promise<void> {
  await write.manager.query(`update idempotency_key set answer = $3 where tenant = $1 and id = $2`, [
    write.context.tenant,
    id,
    JSON.stringify(answer),
  ]);
}

/** As if this request had never come. Whoever waits for it under the same key is the first then. */
export async function forgetPlace(write: WriteContext, id: string): Promise<void> {
  await write.manager.query(`delete from idempotency_key where tenant = $1 and id = $2`, [write.context.tenant, id]);
}

/** Removes a few answers whose time is over; every request carries its share, so that no tenant's table grows without end. */
export async function sweepExpired(write: WriteContext, now: Date, limit = SWEPT_PER_REQUEST): Promise<void> {
  await write.manager.query(
    `delete from idempotency_key where tenant = $1 and id in
       (select id from idempotency_key where tenant = $1 and expires_at <= $2 order by expires_at limit $3 for update skip locked)`,
    [write.context.tenant, now, limit],
  );
}
