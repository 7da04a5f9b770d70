import { assert } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { assetCounts, draftEntry, type EntryDraft, finishEntry } from './entry.draft.js';
import { EntryRepository } from './entry.repository.js';
import type { AppendedEntry, NewEvent } from '../ledger.types.js';
import { Sealing } from '../sealing/sealing.js';

/** The ledger's writing side: every room's events, each in the transaction of the change it tells. */
@Injectable()
export class Ledger {
  constructor(
    private readonly entries: EntryRepository,
    private readonly sealing: Sealing,
  ) {}

  /**
   * Writes one entry. Order: (1) lock the head of each asset it speaks of, which fixes seq and prev; (2) commit to each part and seal it;
   * (3) insert entry, its index, payload and its place in the sequencer's queue in one statement. Nothing is visible before the caller's commit.
   */
  async append(write: WriteContext, event: NewEvent): Promise<AppendedEntry> {
    const [appended] = await this.appendAll(write, [event]);
    assert(appended, 'one event is one entry');
    return appended;
  }

  /** Writes several entries in this order, as `append` does, locking every head in one statement. Answers them in the same order. */
  async appendAll(write: WriteContext, events: readonly NewEvent[]): Promise<readonly AppendedEntry[]> {
    if (events.length === 0) return [];
    const heads = await this.entries.advanceHeads(write, assetCounts(events));
    const drafts: EntryDraft[] = [];
    for (const event of events) drafts.push(await draftEntry(write.context, event, (subjects) => this.sealing.newDataKey(write, subjects)));
    const rows = drafts.map((draft) => finishEntry(draft, heads));
    for (const row of rows) await this.entries.insert(write, row);
    return rows.map(({ id, leafHash }) => ({ id, leafHash }));
  }
}
