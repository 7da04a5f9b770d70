import type { EntryAbout } from '@imprimatur/formats/ledger';
import type { AssetId, EntryId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Wakes the sequencer. */
export const ENTRY_CHANNEL = 'imprimatur_ledger';

export interface NewPayload {
  readonly part: string;
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface NewRow {
  readonly id: EntryId;
  readonly type: string;
  readonly at: Date;
  readonly actor: string;
  readonly bytes: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly about: readonly EntryAbout[];
  readonly payloads: readonly NewPayload[];
}

export interface Head {
  readonly seq: number;
  /** Leaf hash of the asset's previous entry. */
  readonly prev: Uint8Array | null;
}

@Injectable()
export class EntryRepository {
  /** Locks the heads until the transaction ends (in the order given, so that two writers cannot deadlock) and counts them up. */
  async advanceHeads(write: WriteContext, assets: readonly AssetId[]): Promise<ReadonlyMap<AssetId, Head>> {
    if (assets.length === 0) return new Map();
    const rows = await write.manager.query<{ asset: AssetId; seq: string; leaf_hash: Uint8Array | null }[]>(
      `insert into ledger_asset_head as head (tenant, asset, seq) select $1, asset, 1 from unnest($2::uuid[]) as asset
       on conflict (tenant, asset) do update set seq = head.seq + 1 returning asset, seq, leaf_hash`,
      [write.context.tenant, assets],
    );
    return new Map(rows.map(({ asset, seq, leaf_hash }) => [asset, { seq: Number(seq), prev: leaf_hash }]));
  }

  async insert(write: WriteContext, row: NewRow): Promise<void> {
    const assets = row.about.filter(({ kind }) => kind === 'asset').map(({ id }) => id);
    await write.manager.query(
      `with entry as (
         insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash) values ($1, $2, $3, $4, $5, $6, $7) returning position
       ), about as (
         insert into ledger_about (tenant, kind, about, position, entry, seq)
         select $1, a.kind, a.id, entry.position, $2, a.seq from entry, unnest($8::text[], $9::uuid[], $10::bigint[]) as a (kind, id, seq)
         on conflict do nothing
       ), payload as (
         insert into ledger_payload (tenant, entry, part, version, wrapped_key, sealed)
         select $1, $2, p.part, 1, p.wrapped_key, p.sealed from unnest($11::text[], $12::bytea[], $13::bytea[]) as p (part, wrapped_key, sealed)
       ), head as (
         update ledger_asset_head set leaf_hash = $7 where tenant = $1 and asset = any($14::uuid[])
       ), pending as (
         insert into ledger_pending (tenant, position, entry) select $1, entry.position, $2 from entry
       )
       select pg_notify($15, '')`,
      [
        write.context.tenant,
        row.id,
        row.type,
        row.at,
        row.actor,
        Buffer.from(row.bytes),
        Buffer.from(row.leafHash),
        row.about.map(({ kind }) => kind),
        row.about.map(({ id }) => id),
        row.about.map(({ seq }) => seq ?? null),
        row.payloads.map(({ part }) => part),
        row.payloads.map(({ wrappedKey }) => Buffer.from(wrappedKey)),
        row.payloads.map(({ sealed }) => Buffer.from(sealed)),
        assets,
        ENTRY_CHANNEL,
      ],
    );
  }
}
