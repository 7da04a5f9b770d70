import type { ReadContext, WriteContext } from '@imprimatur/platform/database';

/** What an answered request may be known by. */
export interface RequestsOf {
  /** Pseudonym of who asked. */
  readonly actor: string;
  /** Ids that an answer names. */
  readonly answers: readonly string[];
}

const MEANT = `tenant = $1 and request_digest <> decode(repeat('00', 32), 'hex')
  and (actor = $2 or answer ->> 'value' = any ($3::text[]) or answer -> 'value' ->> 'asset' = any ($3::text[]))`;

/** Requests whose digest tells of a picture or of somebody's words; they are kept for seven days. */
export async function findRequests(read: ReadContext, { actor, answers }: RequestsOf): Promise<readonly string[]> {
  const rows: { id: string }[] = await read.manager.query(`select id from idempotency_key where ${MEANT} order by id`, [
    read.context.tenant,
    actor,
    [...answers],
  ]);
  return rows.map(({ id }) => id);
}

/** The digest goes, the answer stays: a repetition is then a key that was used for another request, and does nothing twice. */
export async function forgetRequests(write: WriteContext, ids: readonly string[]): Promise<void> {
  await write.manager.query(
    `update idempotency_key set request_digest = decode(repeat('00', 32), 'hex') where tenant = $1 and id = any ($2::uuid[])`,
    [write.context.tenant, [...ids]],
  );
}
