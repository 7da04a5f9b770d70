import { assert, type AssetId, Fault, isUuid, type TenantId } from '@imprimatur/kernel';
import { assetCounts, type EntryDraft, finishEntry } from '../writing/entry.draft.js';
import type { Head, NewRow } from '../writing/entry.row.js';
import type { SignedEntry } from '../ledger.types.js';
import type { OpenLogs, Round } from './open.logs.js';
import { type AssetCount, StandaloneRepository } from './standalone.repository.js';

const ROUND_MAX = 4_096;
/** Of more callers than this, half are inserted while the other half's round is signed. */
const SHARED_FROM = 12;

/** A caller and its entry. */
export interface Waiting {
  readonly draft: EntryDraft;
  /** Null: made in the round, because it states its place in the history of an asset. */
  readonly row: NewRow | null;
  readonly resolve: (entry: SignedEntry) => void;
  readonly reject: (error: unknown) => void;
}

/** Callers whose entries the next round takes. */
export class StandaloneQueue {
  private waiting: Waiting[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Throws RangeError for an entry that cannot be written, before it could spoil the round of others. */
  push(draft: EntryDraft): Promise<SignedEntry> {
    const ids = [draft.context.tenant, ...draft.event.about.map(({ id }) => id)];
    assert(ids.every(isUuid), 'an entry names UUIDs');
    const assets = assetCounts([draft.event]);
    // one that states its place is never longer than with the greatest one
    const longest = [...assets.keys()].map((asset) => [asset, { seq: Number.MAX_SAFE_INTEGER - 1, prev: new Uint8Array(32) }] as const);
    const row = finishEntry(draft, new Map<AssetId, Head>(longest));
    return new Promise((resolve, reject) => this.waiting.push({ draft, row: assets.size === 0 ? row : null, resolve, reject }));
  }

  /** The oldest, and what may share a round with it: only entries about assets take locks, and nobody else waits for those. */
  take(): readonly Waiting[] {
    const placed = this.waiting[0]?.row === null;
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    const most = this.waiting.length > SHARED_FROM ? Math.min(ROUND_MAX, Math.ceil(this.waiting.length / 2)) : this.waiting.length;
    for (const each of this.waiting) ((each.row === null) === placed && taken.length < most ? taken : left).push(each);
    this.waiting = left;
    return taken;
  }

  rejectAll(error: unknown): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}

/** What a transaction of stand-alone entries did. */
export interface Standalone {
  /** Of entries that waited in the queue: placed first, because they may stand before in the history of an asset. */
  readonly before: readonly Round[];
  readonly round: Round;
  readonly rows: readonly NewRow[];
}

/**
 * One round: entries, leaves, nodes and heads of every log in one transaction. Null: a head is held; the callers know. A head that was waited for
 * was held by a transaction that has committed by now: `placeQueued` places what it wrote, in this transaction, before what follows it.
 */
export async function integrateStandalone(
  repository: StandaloneRepository,
  logs: OpenLogs,
  batch: readonly Waiting[],
  placeQueued: () => Promise<readonly Round[]>,
): Promise<Standalone | null> {
  const counts = countsOf(batch);
  if (counts.length === 0) {
    const placed = place(logs, batch, new Map());
    await repository.insert(placed.rows, placed.round);
    return { before: [], ...placed };
  }
  const heads = await repository.beginWithHeads(counts);
  if (!heads) {
    for (const { reject } of batch) reject(assetBusy());
    return null;
  }
  try {
    const before = await placeQueued();
    const placed = place(logs, batch, heads);
    await repository.insert(placed.rows, placed.round);
    await repository.commit();
    return { before, ...placed };
  } catch (error) {
    await repository.rollback();
    throw error;
  }
}

function place(
  logs: OpenLogs,
  batch: readonly Waiting[],
  heads: ReadonlyMap<TenantId, Map<AssetId, Head>>,
): { readonly round: Round; readonly rows: readonly NewRow[] } {
  const rows = batch.map(({ draft, row }) => row ?? finishEntry(draft, heads.get(draft.context.tenant) ?? new Map<AssetId, Head>()));
  return { rows, round: logs.grow(rows.map(({ tenant, id, leafHash }) => ({ tenant, entry: id, leafHash }))) };
}

/** Tenant by tenant, assets in the order in which business transactions lock them. */
function countsOf(batch: readonly Waiting[]): readonly AssetCount[] {
  const events = new Map<TenantId, EntryDraft['event'][]>();
  for (const { draft } of batch) events.set(draft.context.tenant, [...(events.get(draft.context.tenant) ?? []), draft.event]);
  return [...events].flatMap(([tenant, own]) => [...assetCounts(own)].map(([asset, count]) => ({ tenant, asset, count })));
}

function assetBusy(): Fault {
  return new Fault({
    room: 'ledger',
    code: 'ASSET_BUSY',
    message: 'a transaction that has not ended writes to the history of this asset; again later',
    retryable: true,
    safe: true,
  });
}
