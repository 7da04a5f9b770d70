import type { AssetId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { type EntryRow, POSITION_MAX, storedOf } from './event.search.repository.js';
import type { SearchPage } from './event.types.js';
import type { About } from '../ledger.types.js';
import type { StoredEntry } from './reader.repository.js';

/** One entry of an asset's own history. */
export interface TrailLink {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly leafHash: Uint8Array;
}

/** What belongs to an asset when an entry names both; people, keys and policies belong to many. */
const FOLLOWED: readonly About['kind'][] = [
  'version',
  'session',
  'turn',
  'item',
  'mask',
  'attempt',
  'verdict',
  'consent',
  'task',
  'decision',
  'export',
  'screening',
];

@Injectable()
export class AssetTrailRepository {
  async find(read: ReadContext, assets: readonly AssetId[], { first, after, upTo }: SearchPage): Promise<readonly StoredEntry[]> {
    const rows = await read.manager.query<EntryRow[]>(
      `with own as materialized (
         select distinct entry, position from ledger_about where tenant = $1 and kind = 'asset' and about = any($2::uuid[])
       ), named as materialized (
         select distinct b.kind, b.about from own
           cross join lateral (select kind, about from ledger_about where tenant = $1 and entry = own.entry and kind = any($3::text[]) offset 0) b
       ), along as (
         select b.position from named n
           cross join lateral (select entry, position from ledger_about where tenant = $1 and kind = n.kind and about = n.about and position > $4 and position <= $6 offset 0) b
          where not exists (select 1 from ledger_about o where o.tenant = $1 and o.entry = b.entry and o.kind = 'asset')
       ), trail as (
         select position from own where position > $4 and position <= $6 union select position from along order by position limit $5
       )
       select e.id, e.bytes, e.position, l.index from trail
         join ledger_entry e on e.tenant = $1 and e.position = trail.position
         left join ledger_leaf l on l.tenant = $1 and l.entry = e.id
        order by e.position`,
      [read.context.tenant, assets, FOLLOWED, after ?? '0', first, upTo ?? POSITION_MAX],
    );
    return rows.map(storedOf);
  }

  async head(read: ReadContext, asset: AssetId): Promise<{ readonly seq: number; readonly leafHash: Uint8Array | null } | null> {
    const rows = await read.manager.query<{ seq: string; leaf_hash: Uint8Array | null }[]>(
      `select seq, leaf_hash from ledger_asset_head where tenant = $1 and asset = $2`,
      [read.context.tenant, asset],
    );
    return rows[0] ? { seq: Number(rows[0].seq), leafHash: rows[0].leaf_hash } : null;
  }

  /** Of the asset's own entries those after `after`, in the order of seq. */
  async links(read: ReadContext, asset: AssetId, after: number, limit: number): Promise<readonly TrailLink[]> {
    const rows = await read.manager.query<{ seq: string; bytes: Uint8Array; leaf_hash: Uint8Array }[]>(
      `select a.seq, e.bytes, e.leaf_hash from ledger_about a
         join ledger_entry e on e.tenant = a.tenant and e.id = a.entry
        where a.tenant = $1 and a.about = $2 and a.kind = 'asset' and a.seq is not null and a.seq > $3 order by a.seq limit $4`,
      [read.context.tenant, asset, after, limit],
    );
    return rows.map(({ seq, bytes, leaf_hash }) => ({ seq: Number(seq), bytes, leafHash: leaf_hash }));
  }
}
