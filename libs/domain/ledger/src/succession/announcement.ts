import type { Client } from 'pg';
import type { AssetId } from '@imprimatur/kernel';
import { type EntryDraft, finishEntry } from '../writing/entry.draft.js';
import type { Head } from '../writing/entry.row.js';
import { OpenLogs } from '../sequencing/open.logs.js';
import type { LogHead } from '../sequencing/sequencer.repository.js';
import { StandaloneRepository } from '../sequencing/standalone.repository.js';
import { TileRepository } from '../reading/tile.repository.js';

/** How many logs are read or written at once. */
export const LOGS_AT_ONCE = 500;

/**
 * Says something in logs that nobody else writes to now: each entry gets the next place at once, before everything that waits for one. In the
 * transaction that `client` has begun, if it has; the caller holds the sequencer's lock. The drafts are about no asset.
 */
export async function announce(client: Client, logs: readonly LogHead[], drafts: readonly EntryDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  const tiles = new TileRepository(async (sql, values) => (await client.query(sql, [...values])).rows as never[]);
  const open = new OpenLogs();
  for (const log of logs) await open.open(log, tiles);
  const rows = drafts.map((draft) => finishEntry(draft, new Map<AssetId, Head>()));
  const round = open.grow(rows.map(({ tenant, id, leafHash }) => ({ tenant, entry: id, leafHash })));
  await new StandaloneRepository(client).insert(rows, round);
}
