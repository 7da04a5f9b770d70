import type { EntryAbout } from '@imprimatur/formats/ledger';
import { assert, type AssetId, type EntryId, type SubjectId, type TenantId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { bigints, uuids } from './binary.arrays.js';
import { preparedQuery } from './prepared.js';

/** Wakes the sequencer. */
export const ENTRY_CHANNEL = 'imprimatur_ledger';
const WAKE = `select set_config('synchronous_commit', 'off', true), pg_notify('${ENTRY_CHANNEL}', '')`;
/** At most one wake-up in this time: a sequencer at work drains everything anyway. */
const WAKE_GAP_MS = 50;

export interface NewPayload {
  readonly part: string;
  /** Whose erasure destroys it. */
  readonly subjects: readonly SubjectId[];
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface NewRow {
  readonly tenant: TenantId;
  readonly id: EntryId;
  readonly type: string;
  readonly at: Date;
  readonly actor: string;
  readonly bytes: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly about: readonly EntryAbout[];
  readonly payloads: readonly NewPayload[];
}

/** Where an asset's next entry stands. */
export interface Head {
  readonly seq: number;
  /** Leaf hash of the asset's previous entry. */
  readonly prev: Uint8Array | null;
}

@Injectable()
export class EntryRepository {
  private waking = false;
  private wakeAgain = false;

  /**
   * Locks the heads until the transaction ends (in the order given, so that two writers cannot deadlock) and counts each up by the number
   * of its new entries. Answers the place of the first of them.
   */
  async advanceHeads(write: WriteContext, counts: ReadonlyMap<AssetId, number>): Promise<Map<AssetId, Head>> {
    if (counts.size === 0) return new Map();
    const rows = await preparedQuery(write)<{ asset: AssetId; seq: string; leaf_hash: Uint8Array | null }>(
      `insert into ledger_asset_head as head (tenant, asset, seq) select $1::uuid, * from unnest($2::uuid[], $3::bigint[])
       on conflict (tenant, asset) do update set seq = head.seq + excluded.seq returning asset, seq, leaf_hash`,
      [write.context.tenant, uuids([...counts.keys()]), bigints([...counts.values()])],
    );
    return new Map(rows.map(({ asset, seq, leaf_hash }) => [asset, { seq: Number(seq) - (counts.get(asset) ?? 0) + 1, prev: leaf_hash }]));
  }

  /** Entry, its index, payloads, heads and its place in the sequencer's queue in one statement. */
  async insert(write: WriteContext, row: NewRow): Promise<void> {
    assert(row.tenant === write.context.tenant, 'a transaction writes entries of its own tenant');
    const { sql, values } = insertion(row);
    await preparedQuery(write)(sql, values);
    const { connection } = write.manager;
    write.afterCommit(() => void this.wake((text) => connection.query(text)));
  }

  /**
   * Rings after the commit, on a connection of its own: NOTIFY inside the caller's transaction would make every commit wait for the flush
   * of the one before. A ring that is lost costs the entry a second: the sequencer sweeps.
   */
  private async wake(query: (sql: string) => Promise<unknown>): Promise<void> {
    this.wakeAgain = true;
    if (this.waking) return;
    this.waking = true;
    try {
      while (this.wakeAgain) {
        this.wakeAgain = false;
        await query(WAKE);
        await new Promise((resolve) => setTimeout(resolve, WAKE_GAP_MS).unref());
      }
    } catch {
      // the sweep finds what is waiting
    } finally {
      this.waking = false;
    }
  }
}

/**
 * One text per number of things, parts and assets, with plain parameters: a connection plans each once. Arrays would have it planned anew
 * each time, because a plan for arrays of unknown length looks dearer than it is; that cost more than the insertion.
 */
function insertion(row: NewRow): { readonly sql: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [row.tenant, row.id, row.type, row.at, row.actor, Buffer.from(row.bytes), Buffer.from(row.leafHash)];
  const list = (rows: readonly (readonly unknown[])[], types: readonly string[]): string =>
    rows.map((each) => `(${each.map((value, at) => `$${values.push(value)}::${types[at]}`).join(', ')})`).join(', ');
  const about = list(
    row.about.map(({ kind, id, seq }) => [kind, id, seq ?? null]),
    ['text', 'uuid', 'bigint'],
  );
  const payloads = list(
    row.payloads.map(({ part, wrappedKey, sealed }) => [part, Buffer.from(wrappedKey), Buffer.from(sealed)]),
    ['text', 'bytea', 'bytea'],
  );
  const subjects = list(
    row.payloads.flatMap(({ part, subjects: own }) => [...new Set(own)].map((subject) => [subject, part])),
    ['uuid', 'text'],
  );
  const assets = list(
    row.about.filter(({ seq }) => seq !== undefined).map(({ id }) => [id]),
    ['uuid'],
  );
  const steps = [
    `entry as (
       insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash) values ($1, $2, $3, $4, $5, $6, $7) returning position
     )`,
    about &&
      `about as (
         insert into ledger_about (tenant, kind, about, position, entry, seq)
         select $1, a.kind, a.about, entry.position, $2, a.seq from entry, (values ${about}) as a (kind, about, seq) on conflict do nothing
       )`,
    payloads &&
      `payload as (
         insert into ledger_payload (tenant, entry, part, version, wrapped_key, sealed)
         select $1, $2, p.part, 1, p.wrapped_key, p.sealed from (values ${payloads}) as p (part, wrapped_key, sealed)
       )`,
    subjects &&
      `payload_subject as (
         insert into ledger_payload_subject (tenant, subject, entry, part)
         select $1, s.subject, $2, s.part from (values ${subjects}) as s (subject, part)
       )`,
    assets && `head as (update ledger_asset_head set leaf_hash = $7 where tenant = $1 and asset in (${assets}))`,
  ];
  const sql = `with ${steps.filter(Boolean).join(', ')} insert into ledger_pending (tenant, position, entry) select $1, position, $2 from entry`;
  return { sql, values };
}
