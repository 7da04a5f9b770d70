import type { PendingEntry, SequencerRepository } from './sequencer.repository.js';

/** Positions are given before their transactions commit: entries that come late are looked for this far back. */
const LATE_POSITIONS = 4_096n;
const HISTORY_POSITIONS = 20_000n;
const FOUND_MAX = 4_096;

/**
 * Looks for entries that committed and stand neither in the tree nor in the queue: somebody took them out of it. What came since the last look
 * is looked at each time, and everything before piece by piece, so that no look compares whole logs.
 */
export class LostEntries {
  private looked: bigint | null = null;
  private history = 0n;
  private historyEnd = 0n;

  async find(repository: SequencerRepository): Promise<readonly PendingEntry[]> {
    const newest = BigInt(await repository.newestPosition());
    if (this.looked === null) this.historyEnd = this.looked = newest;
    const recent = await repository.lost(late(this.looked), newest, FOUND_MAX);
    if (recent.length < FOUND_MAX) this.looked = newest;
    if (this.history >= this.historyEnd) return recent;
    const end = this.history + HISTORY_POSITIONS;
    const old = await repository.lost(this.history, end < this.historyEnd ? end : this.historyEnd, FOUND_MAX);
    if (old.length < FOUND_MAX) this.history = end;
    const known = new Set(recent.map(({ position }) => position));
    return [...old.filter(({ position }) => !known.has(position)), ...recent];
  }
}

function late(position: bigint): bigint {
  return position > LATE_POSITIONS ? position - LATE_POSITIONS : 0n;
}
