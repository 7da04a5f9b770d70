import type { Pool, PoolClient } from 'pg';
import { type Checkpoint, leafHash, parseCheckpoint } from '@imprimatur/formats/merkle';
import { assert, type EntryId, newId, type TenantId, utf8 } from '@imprimatur/kernel';
import { sha256 } from '../digest.js';
import { ENTRY_CHANNEL } from '../writing/entry.repository.js';
import { LOG_ZERO, LOG_ZERO_ENTRY } from './log.zero.js';
import type { Stamp } from './timestamp.client.js';

export const ANCHORING_LOCK = 4_711_004;
const CHECKPOINTS_MAX = 4_096;
const TOKENS_MAX = 10_000;

/** A signed checkpoint of log 0. */
export interface LogZeroHead extends Checkpoint {
  readonly note: string;
}

export interface ExpiringToken {
  readonly id: string;
  readonly token: Uint8Array;
}

interface ChangedLog {
  readonly tenant: TenantId;
  readonly size: string;
  readonly note: string;
  readonly generation: number;
}

/** Of log 0's present origin: what stands behind a former one is kept, and is no part of this one's. */
const PRESENT = `generation = (select generation from ledger_log where tenant = '${LOG_ZERO}')`;
/** Columns and values of a new row behind log 0. */
const ON_PRESENT = `select $1::uuid, generation`;

/** Every statement of the anchoring, as the sequencer role. */
export class AnchoringRepository {
  constructor(private readonly pool: Pool) {}

  /** One at a time; the lock goes with the connection. */
  async tryLock(client: PoolClient): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [ANCHORING_LOCK]);
    return rows[0]?.locked ?? false;
  }

  /**
   * Makes an entry of log 0 of the newest checkpoint of every log that grew since its last one, at most one per log in `seconds`. Entry, its
   * place in the sequencer's queue and the anchor in one transaction. Answers how many.
   */
  async recordCheckpoints(now: Date, seconds: number): Promise<number> {
    const { rows } = await this.pool.query<ChangedLog>(
      `select l.tenant, l.generation, c.size, c.note from ledger_log l
         join lateral (select size, note from ledger_checkpoint
                        where tenant = l.tenant and generation = l.generation order by size desc limit 1) c on true
         left join lateral (select size, at from ledger_anchor
                             where tenant = l.tenant and kind = 'log-0' and generation = l.generation order by id desc limit 1) a on true
        where l.tenant <> $1 and (a.size is null or (c.size > a.size and a.at <= $2::timestamptz - make_interval(secs => $3)))
        order by l.tenant limit $4`,
      [LOG_ZERO, now, seconds, CHECKPOINTS_MAX],
    );
    if (rows.length === 0) return 0;
    const made = rows.map((row) => ({ ...row, entry: newId('entry'), bytes: utf8(row.note) }));
    await this.pool.query(
      `with new as (
         select * from unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::bytea[], $7::bytea[], $10::int[])
                  as n (tenant, size, entry, bytes, leaf_hash, generation)
       ), entry as (
         insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash)
         select $1, entry, $8, $2, 'sequencer', bytes, leaf_hash from new returning id, position
       ), pending as (
         insert into ledger_pending (tenant, position, entry) select $1, position, id from entry
       ), anchor as (
         insert into ledger_anchor (tenant, generation, kind, size, name, entry, at)
         select tenant, generation, 'log-0', size, '', entry, $2 from new
       )
       select pg_notify($9, '')`,
      [
        LOG_ZERO,
        now,
        made.map(({ tenant }) => tenant),
        made.map(({ size }) => size),
        made.map(({ entry }): EntryId => entry),
        made.map(({ bytes }) => Buffer.from(bytes)),
        made.map(({ bytes }) => Buffer.from(leafHash(sha256, bytes))),
        LOG_ZERO_ENTRY,
        ENTRY_CHANNEL,
        made.map(({ generation }) => generation),
      ],
    );
    return made.length;
  }

  /** The newest signed checkpoint of log 0; null: there is none yet. */
  async head(): Promise<LogZeroHead | null> {
    const { rows } = await this.pool.query<{ note: string }>(
      `select note from ledger_checkpoint where tenant = $1 and ${PRESENT} order by size desc limit 1`,
      [LOG_ZERO],
    );
    const checkpoint = rows[0] && parseCheckpoint(rows[0].note);
    if (!rows[0]) return null;
    assert(checkpoint, 'a stored checkpoint can be read');
    return { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root, note: rows[0].note };
  }

  /** The size that this witness cosigned last, as far as we know; 0: none. */
  async cosignedSize(witness: string): Promise<number> {
    const { rows } = await this.pool.query<{ size: string }>(
      `select size from ledger_anchor where tenant = $1 and kind = 'cosignature' and name = $2 and ${PRESENT} order by size desc limit 1`,
      [LOG_ZERO, witness],
    );
    return Number(rows[0]?.size ?? 0);
  }

  async insertCosignature(size: number, witness: string, line: string, now: Date): Promise<void> {
    await this.pool.query(
      `insert into ledger_anchor (tenant, generation, kind, size, name, value, at)
       ${ON_PRESENT}, 'cosignature', $2, $3, $4, $5 from ledger_log where tenant = $1 on conflict do nothing`,
      [LOG_ZERO, size, witness, Buffer.from(line), now],
    );
  }

  /** Size and time of the newest stamp on log 0. */
  async lastStamp(): Promise<{ readonly size: number; readonly at: Date } | null> {
    const { rows } = await this.pool.query<{ size: string; at: Date }>(
      `select size, at from ledger_anchor where tenant = $1 and kind = 'timestamp' and ${PRESENT} order by id desc limit 1`,
      [LOG_ZERO],
    );
    return rows[0] ? { size: Number(rows[0].size), at: rows[0].at } : null;
  }

  async insertStamp(size: number, { name, token, expiresAt }: Stamp, now: Date): Promise<void> {
    await this.pool.query(
      `insert into ledger_anchor (tenant, generation, kind, size, name, value, at, expires_at)
       ${ON_PRESENT}, 'timestamp', $2, $3, $4, $5, $6 from ledger_log where tenant = $1 on conflict do nothing`,
      [LOG_ZERO, size, name, Buffer.from(token), now, expiresAt],
    );
  }

  /** Tokens whose certificate ends before `before` and that no renewal covers yet, oldest first. */
  async expiring(before: Date): Promise<readonly ExpiringToken[]> {
    const { rows } = await this.pool.query<{ id: string; value: Uint8Array }>(
      `select a.id, a.value from ledger_anchor a
        where a.tenant = $1 and a.expires_at < $2
          and not exists (select 1 from ledger_anchor r where r.tenant = $1 and r.kind = 'renewal' and r.id > a.id and a.id = any(r.covers))
        order by a.id limit $3`,
      [LOG_ZERO, before, TOKENS_MAX],
    );
    return rows.map(({ id, value }) => ({ id, token: value }));
  }

  async insertRenewal(covers: readonly string[], size: number, { name, token, expiresAt }: Stamp, now: Date): Promise<void> {
    await this.pool.query(
      `insert into ledger_anchor (tenant, generation, kind, size, name, value, covers, at, expires_at)
       ${ON_PRESENT}, 'renewal', $2, $3, $4, $5, $6, $7 from ledger_log where tenant = $1`,
      [LOG_ZERO, size, `${name} ${covers[0] ?? ''}`, Buffer.from(token), covers, now, expiresAt],
    );
  }

  async query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.pool.query(sql, [...values])).rows as Row[];
  }
}
