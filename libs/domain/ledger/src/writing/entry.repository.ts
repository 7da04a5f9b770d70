import { assert, type AssetId, type TenantId } from '@imprimatur/kernel';
import { preparedQuery, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { bigints, uuids } from './binary.arrays.js';
import type { Guess, Head, NewRow } from './entry.row.js';
import { insertionText, insertionValues } from './entry.insertion.js';
import { KnownHeads } from './known.heads.js';

/** Wakes the sequencer. */
export const ENTRY_CHANNEL = 'imprimatur_ledger';
/**
 * Tells whoever follows a noun that the ledger got an event of it: `<tenant>/<noun>`. No more: whoever hears it looks for itself, as somebody who may.
 */
export const EVENT_CHANNEL = 'imprimatur_event';
const WAKE = `select set_config('synchronous_commit', 'off', true), pg_notify('${ENTRY_CHANNEL}', ''),
  (select count(pg_notify('${EVENT_CHANNEL}', topic)) from unnest($1::text[]) topic)`;
/** At most one wake-up in this time: a sequencer at work drains everything anyway. */
const WAKE_GAP_MS = 100;

@Injectable()
export class EntryRepository {
  private readonly known = new KnownHeads();
  private waking = false;
  private wakeAgain = false;
  private topics = new Set<string>();

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

  /** Where the next entry of this asset stands, as far as this process knows: only a guess. Null: it knows nothing. */
  guess({ context: { tenant } }: WriteContext, asset: AssetId): Guess | null {
    const head = this.known.get(tenant, asset);
    return head ? { asset, head } : null;
  }

  /** Entry, its index, payloads, heads and its place in the sequencer's queue in one statement. */
  async insert(write: WriteContext, row: NewRow): Promise<void> {
    await this.run(write, row, null);
    this.inserted(write, row);
  }

  /**
   * The same, of an entry about one asset, whose head it locks and counts up, too: one round trip in place of two. Where somebody else has written
   * to the asset meanwhile, nothing is inserted, and the head is locked and counted up as by `advanceHeads`: answered is the place to make the entry
   * anew for. `inserted`: it was a good guess. `absent`: the asset has no head, so nothing happened.
   */
  async insertGuessed(write: WriteContext, row: NewRow, guess: Guess): Promise<'inserted' | 'absent' | Map<AssetId, Head>> {
    const [found] = await this.run<{ seq: string; leaf_hash: Uint8Array | null }>(write, row, guess);
    if (!found) return 'absent';
    if (found.leaf_hash === null || Buffer.compare(found.leaf_hash, row.leafHash) !== 0) {
      return new Map([[guess.asset, { seq: Number(found.seq), prev: found.leaf_hash }]]);
    }
    this.inserted(write, row);
    return 'inserted';
  }

  private async run<Row>(write: WriteContext, row: NewRow, guess: Guess | null): Promise<Row[]> {
    assert(row.tenant === write.context.tenant, 'a transaction writes entries of its own tenant');
    return preparedQuery(write)<Row>(insertionText(row, guess !== null), insertionValues(row, guess));
  }

  private inserted(write: WriteContext, { tenant, type, about, leafHash }: NewRow): void {
    for (const { id, seq } of about) if (seq !== undefined) this.known.set(tenant, id as AssetId, { seq: seq + 1, prev: leafHash });
    const { connection } = write.manager;
    write.afterCommit(() => {
      this.topics.add(eventTopic(tenant, type));
      void this.wake((text, values) => connection.query(text, values));
    });
  }

  /**
   * Rings after the commit, on a connection of its own: NOTIFY inside the caller's transaction would make every commit wait for the flush
   * of the one before. A ring that is lost costs the entry a second: the sequencer sweeps; and whoever follows a noun looks now and then.
   */
  private async wake(query: (sql: string, values: unknown[]) => Promise<unknown>): Promise<void> {
    this.wakeAgain = true;
    if (this.waking) return;
    this.waking = true;
    try {
      while (this.wakeAgain) {
        this.wakeAgain = false;
        const topics = [...this.topics];
        this.topics.clear();
        await query(WAKE, [topics]);
        await new Promise((resolve) => setTimeout(resolve, WAKE_GAP_MS).unref());
      }
    } catch {
      // the sweep finds what is waiting
    } finally {
      this.waking = false;
    }
  }
}

/** `type` as `noun.past-tense`, or the noun. */
export function eventTopic(tenant: TenantId, type: string): string {
  return `${tenant}/${type.split('.')[0] ?? ''}`;
}
