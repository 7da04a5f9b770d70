import { assert } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { assetCounts, assetsOf, draftEntry, type EntryDraft, finishEntry } from './entry.draft.js';
import { EntryRepository } from './entry.repository.js';
import type { Guess } from './entry.row.js';
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
   * Writes one entry. Order: (1) commit to each part and seal it; (2) lock the head of each asset it speaks of, which fixes seq and prev;
   * (3) insert entry, its index, payload and its place in the sequencer's queue in one statement, which does (2), too, where the process knows
   * the head already. Nothing is visible before the caller's commit.
   */
  async append(write: WriteContext, event: NewEvent): Promise<AppendedEntry> {
    const [asset, ...others] = assetsOf(event);
    const guess = asset !== undefined && others.length === 0 ? this.entries.guess(write, asset) : null;
    const [appended] = guess ? [await this.appendGuessed(write, event, guess)] : await this.appendAll(write, [event]);
    assert(appended, 'one event is one entry');
    return appended;
  }

  /** Writes several entries in this order, as `append` does, locking every head in one statement. Answers them in the same order. */
  async appendAll(write: WriteContext, events: readonly NewEvent[]): Promise<readonly AppendedEntry[]> {
    if (events.length === 0) return [];
    const drafts: EntryDraft[] = [];
    for (const event of events) drafts.push(await this.draft(write, event));
    const heads = await this.entries.advanceHeads(write, assetCounts(events));
    const rows = drafts.map((draft) => finishEntry(draft, heads));
    for (const row of rows) await this.entries.insert(write, row);
    return rows.map(({ id, leafHash }) => ({ id, leafHash }));
  }

  private async appendGuessed(write: WriteContext, event: NewEvent, guess: Guess): Promise<AppendedEntry> {
    const draft = await this.draft(write, event);
    let row = finishEntry(draft, new Map([[guess.asset, guess.head]]));
    const found = await this.entries.insertGuessed(write, row, guess);
    if (found !== 'inserted') {
      const heads = found === 'absent' ? await this.entries.advanceHeads(write, assetCounts([event])) : found;
      row = finishEntry(draft, heads);
      await this.entries.insert(write, row);
    }
    return { id: row.id, leafHash: row.leafHash };
  }

  private draft(write: WriteContext, event: NewEvent): Promise<EntryDraft> {
    return draftEntry(write.context, event, (subjects) => this.sealing.newDataKey(write, subjects));
  }
}
