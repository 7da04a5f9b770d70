import type { PendingEntry, SequencerRepository } from './sequencer.repository.js';

/** Positions are given before their transactions commit: entries that come late are looked for this far back. */
const LATE_POSITIONS = 4_096n;
/** Of the history, in one look: at first, so that what was lost while nobody led is found soon, and ever after. */
const FIRST_POSITIONS = 20_000n;
const AGAIN_POSITIONS = 2_000n;
const FOUND_MAX = 4_096;

/**
 * Looks for entries that committed and stand neither in the tree nor in the queue: somebody took them out of it. What came since the last look
 * is looked at each time, and everything from the first entry on piece by piece, round and round: an entry may lose its place in the queue, or
 * commit, long after its position was looked at. No look compares whole logs.
 */
export class LostEntries {
  private looked: bigint | null = null;
  private history = 0n;
  private isFirstRound = true;

  async find(repository: Pick<SequencerRepository, 'newestPosition' | 'lost'>): Promise<readonly PendingEntry[]> {
    const newest = BigInt(await repository.newestPosition());
    this.looked ??= newest;
    const recent = await repository.lost(late(this.looked), newest, FOUND_MAX);
    if (recent.length < FOUND_MAX) this.looked = newest;
    const old = await this.nextOfHistory(repository, newest);
    const known = new Set(recent.map(({ position }) => position));
    return [...old.filter(({ position }) => !known.has(position)), ...recent];
  }

  /** The next piece; behind the newest entry the round begins again. */
  private async nextOfHistory(repository: Pick<SequencerRepository, 'lost'>, newest: bigint): Promise<readonly PendingEntry[]> {
    const end = this.history + (this.isFirstRound ? FIRST_POSITIONS : AGAIN_POSITIONS);
    const old = await repository.lost(this.history, end < newest ? end : newest, FOUND_MAX);
    if (old.length === FOUND_MAX) return old; // there may be more: they get their places, and this piece is looked at again
    this.history = end < newest ? end : 0n;
    this.isFirstRound &&= end < newest;
    return old;
  }
}

function late(position: bigint): bigint {
  return position > LATE_POSITIONS ? position - LATE_POSITIONS : 0n;
}
