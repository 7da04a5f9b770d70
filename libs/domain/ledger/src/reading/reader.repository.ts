import type { EntryId, TenantId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { EventPage, LogView } from '../ledger.types.js';

export interface StoredEntry {
  readonly id: EntryId;
  readonly bytes: Uint8Array;
  readonly position: string;
  readonly index: number | null;
}

interface EntryRow {
  readonly id: EntryId;
  readonly bytes: Uint8Array;
  readonly position: string;
  readonly index: string | null;
}

// the leaf is looked up for each entry: a join, planned for a small share of all rows, reads every leaf of a small log
const ENTRY = `e.id, e.bytes, e.position, (select l.index from ledger_leaf l where l.tenant = e.tenant and l.entry = e.id) as index
  from ledger_entry e`;

@Injectable()
export class ReaderRepository {
  /** Of the tenant that reads, or log 0. */
  async log(read: ReadContext, tenant: TenantId): Promise<LogView | null> {
    const rows = await read.manager.query<{ origin: string; vkey: string; size: string; signed: string | null; note: string | null }[]>(
      `select g.origin, g.vkey, g.size, c.size as signed, c.note from ledger_log g
         left join lateral (select size, note from ledger_checkpoint
                             where tenant = g.tenant and generation = g.generation order by size desc limit 1) c on true
        where g.tenant = $1`,
      [tenant],
    );
    const row = rows[0];
    if (!row) return null;
    const checkpoint = row.note === null ? null : { size: Number(row.signed), note: row.note };
    return { origin: row.origin, vkey: row.vkey, size: Number(row.size), checkpoint };
  }

  async find(read: ReadContext, id: EntryId): Promise<StoredEntry | null> {
    const rows = await read.manager.query<EntryRow[]>(`select ${ENTRY} where e.tenant = $1 and e.id = $2`, [read.context.tenant, id]);
    return rows[0] ? toStored(rows[0]) : null;
  }

  async list(read: ReadContext, page: EventPage): Promise<readonly StoredEntry[]> {
    const { tenant } = read.context;
    const after = page.after ?? '0';
    const rows = page.about
      ? await read.manager.query<EntryRow[]>(
          `select ${ENTRY} join ledger_about a on a.tenant = e.tenant and a.entry = e.id
            where a.tenant = $1 and a.kind = $2 and a.about = $3 and a.position > $4 order by a.position limit $5`,
          [tenant, page.about.kind, page.about.id, after, page.first],
        )
      : await read.manager.query<EntryRow[]>(`select ${ENTRY} where e.tenant = $1 and e.position > $2 order by e.position limit $3`, [
          tenant,
          after,
          page.first,
        ]);
    return rows.map(toStored);
  }

  async payload(
    read: ReadContext,
    id: EntryId,
    part: string,
  ): Promise<{ readonly wrappedKey: Uint8Array; readonly sealed: Uint8Array } | null> {
    const rows = await read.manager.query<{ wrapped_key: Uint8Array; sealed: Uint8Array }[]>(
      `select wrapped_key, sealed from ledger_payload where tenant = $1 and entry = $2 and part = $3`,
      [read.context.tenant, id, part],
    );
    return rows[0] ? { wrappedKey: rows[0].wrapped_key, sealed: rows[0].sealed } : null;
  }
}

function toStored({ index, ...row }: EntryRow): StoredEntry {
  return { ...row, index: index === null ? null : Number(index) };
}
