import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { LOG_ZERO } from './log.zero.js';

/** A checkpoint of a tenant's log that is an entry of log 0. */
export interface AnchoredCheckpoint {
  readonly size: number;
  readonly note: string;
  /** Its leaf index in log 0. */
  readonly index: number;
  /** Which of the log's origins signed it: 0 the first, one more with each succession. Only log 0 of the same one stands behind it. */
  readonly generation: number;
}

/** A signed checkpoint of log 0, with what others put behind it. */
export interface LogZeroCheckpoint {
  readonly size: number;
  readonly note: string;
  /** Signature lines of witnesses. */
  readonly cosignatures: readonly string[];
  readonly stamp: { readonly id: string; readonly token: Uint8Array } | null;
}

export interface Renewal {
  readonly id: string;
  readonly token: Uint8Array;
  /** Every token under its root, in order. */
  readonly covers: readonly { readonly id: string; readonly token: Uint8Array }[];
}

const CANDIDATES = 200;

/** What stands behind a checkpoint, as readers of the app see it. */
@Injectable()
export class AnchorRepository {
  /**
   * The earliest anchored checkpoint that covers the entry at `index`: it bounds the time best. One of a former origin only as far as the tree is
   * still the one that it signed, in the tenant's log and in log 0.
   */
  async anchored(read: ReadContext, index: number): Promise<AnchoredCheckpoint | null> {
    const rows = await read.manager.query<{ size: string; generation: number; note: string; index: string }[]>(
      `select a.size, a.generation, c.note, l.index from ledger_anchor a
         join ledger_checkpoint c on c.tenant = a.tenant and c.generation = a.generation and c.size = a.size
         join ledger_leaf l on l.tenant = $2 and l.entry = a.entry
         left join ledger_succession s on s.tenant = a.tenant and s.generation = a.generation
         left join ledger_succession z on z.tenant = $2 and z.generation = a.generation
        where a.tenant = $1 and a.kind = 'log-0' and a.name = '' and a.size > $3
          and (s.generation is null or (a.size <= s.kept_size and l.index < z.kept_size))
        order by a.size, a.generation limit 1`,
      [read.context.tenant, LOG_ZERO, index],
    );
    const row = rows[0];
    return row ? { ...row, size: Number(row.size), index: Number(row.index) } : null;
  }

  /** Checkpoints of log 0, signed under its origin of this generation, that cover its entry `index`, earliest first. */
  async logZeroFrom(read: ReadContext, index: number, generation: number): Promise<readonly LogZeroCheckpoint[]> {
    const rows = await read.manager.query<
      { size: string; note: string; lines: Uint8Array[] | null; id: string | null; token: Uint8Array | null }[]
    >(
      `select c.size, c.note, w.lines, s.id, s.value as token
         from (select size, note from ledger_checkpoint where tenant = $1 and generation = $4 and size > $2
                 and size <= coalesce((select kept_size from ledger_succession where tenant = $1 and generation = $4), size)
               order by size limit $3) c
         left join lateral (select array_agg(value order by name) as lines from ledger_anchor
                             where tenant = $1 and kind = 'cosignature' and size = c.size and generation = $4) w on true
         left join lateral (select id, value from ledger_anchor
                             where tenant = $1 and kind = 'timestamp' and size = c.size and generation = $4 order by id limit 1) s on true
        order by c.size`,
      [LOG_ZERO, index, CANDIDATES, generation],
    );
    return rows.map(({ size, note, lines, id, token }) => ({
      size: Number(size),
      note,
      cosignatures: (lines ?? []).map((line) => Buffer.from(line).toString('utf8')),
      stamp: id !== null && token ? { id, token } : null,
    }));
  }

  /** The first renewal that covers this token; null: it needed none yet. */
  async renewal(read: ReadContext, token: string): Promise<Renewal | null> {
    const rows = await read.manager.query<{ id: string; value: Uint8Array; covered: string; token: Uint8Array }[]>(
      `select r.id, r.value, k.id as covered, t.value as token
         from (select id, value, covers from ledger_anchor
                where tenant = $1 and kind = 'renewal' and id > $2 and $2 = any(covers) order by id limit 1) r
         cross join lateral unnest(r.covers) with ordinality as k (id, at)
         join ledger_anchor t on t.tenant = $1 and t.id = k.id
        order by k.at`,
      [LOG_ZERO, token],
    );
    const [first] = rows;
    return first ? { id: first.id, token: first.value, covers: rows.map((row) => ({ id: row.covered, token: row.token })) } : null;
  }

  /** The newest checkpoint of log 0, under its present origin, that a witness cosigned, where any ever did; null: none did. */
  async newestCosigned(
    read: ReadContext,
  ): Promise<{ readonly size: number; readonly note: string; readonly cosignatures: readonly string[] } | null> {
    const rows = await read.manager.query<{ size: string; generation: number }[]>(
      `select a.size, a.generation from ledger_log l join ledger_anchor a on a.tenant = l.tenant and a.generation = l.generation
        where l.tenant = $1 and a.kind = 'cosignature' order by a.size desc limit 1`,
      [LOG_ZERO],
    );
    const [newest] = rows;
    return newest ? ((await this.logZeroFrom(read, Number(newest.size) - 1, newest.generation))[0] ?? null) : null;
  }
}
