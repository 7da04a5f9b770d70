import type { EntryId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { EventFilter, StoredLeaf } from './event.types.js';

@Injectable()
export class EventStreamRepository {
  /** Of the tenant's log; a log whose first entry is not integrated yet has no leaf and no name. */
  async head(read: ReadContext): Promise<{ readonly size: number; readonly origin: string }> {
    const rows = await read.manager.query<{ size: string; origin: string }[]>(`select size, origin from ledger_log where tenant = $1`, [
      read.context.tenant,
    ]);
    return { size: Number(rows[0]?.size ?? 0), origin: rows[0]?.origin ?? '' };
  }

  /** Those of the leaves [from, till) that match, in order. */
  async leaves(read: ReadContext, filter: EventFilter, from: number, till: number): Promise<readonly StoredLeaf[]> {
    const values: unknown[] = [read.context.tenant, from, till];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const where = [
      ...(filter.actor === null ? [] : [`e.actor = ${bind(filter.actor)}`]),
      ...(filter.types.length === 0 ? [] : [`e.type = any(${bind(filter.types)}::text[])`]),
      ...(filter.from ? [`e.at >= ${bind(filter.from)}`] : []),
      ...(filter.to ? [`e.at < ${bind(filter.to)}`] : []),
      ...filter.about.map(
        ({ kind, id }) =>
          `exists (select 1 from ledger_about a where a.tenant = $1 and a.kind = ${bind(kind)} and a.about = ${bind(id)} and a.position = e.position)`,
      ),
    ];
    const rows = await read.manager.query<{ id: EntryId; bytes: Uint8Array; position: string; index: string; leaf_hash: Uint8Array }[]>(
      `select e.id, e.bytes, e.position, l.index, l.leaf_hash
         from (select index, entry, leaf_hash from ledger_leaf where tenant = $1 and index >= $2 and index < $3 order by index offset 0) l
         join ledger_entry e on e.tenant = $1 and e.id = l.entry
        where ${where.length === 0 ? 'true' : where.join(' and ')} order by l.index`,
      values,
    );
    return rows.map(({ index, leaf_hash, ...row }) => ({ ...row, index: Number(index), leafHash: leaf_hash }));
  }
}
