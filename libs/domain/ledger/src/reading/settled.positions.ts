import { setTimeout as wait } from 'node:timers/promises';
import { type Context, Fault } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { SettledPositionsRepository } from './settled.positions.repository.js';

/** A position up to which every entry that will ever stand there can be seen by a transaction that begins now. */
export interface Horizon {
  readonly upTo: string;
  /** Newer entries are committed already, and wait for a transaction that began to write before them. */
  readonly isHeldBack: boolean;
}

/** A position that was the newest once, and who wrote then and may be writing still. */
interface Sighting {
  readonly newest: bigint;
  writers: readonly string[];
}

/** For transactions under way: they take milliseconds, and a page is not worth more than this. */
const PATIENCE_MS = 500;
const LOOK_AGAIN_MS = 10;
const SIGHTINGS_MAX = 64;

/**
 * Positions are given before their transactions commit: one that commits late appears behind those that came after it, where a reader who pages
 * forward has been already. So listings by position end before the first position that may still appear. Whoever has written a position up to
 * the newest committed one holds the table now, or is done: once those who hold it now are done, nothing more can appear up to there. What was
 * found out holds for ever, and for every tenant.
 */
@Injectable()
export class SettledPositions {
  private settled = 0n;
  private sightings: Sighting[] = [];

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: SettledPositionsRepository,
  ) {}

  /**
   * To be asked before the transaction that lists. Waits a moment for writers under way, so that what was just written is listed, and answers
   * with what is settled by then. Throws Fault EVENTS_UNSETTLED (retryable) when this process never saw anything settled, and cannot now.
   */
  async horizon(context: Context, patienceMs = PATIENCE_MS): Promise<Horizon> {
    const newest = await this.look(context, true);
    const deadline = performance.now() + patienceMs;
    while (this.settled < newest && performance.now() < deadline) {
      await wait(LOOK_AGAIN_MS);
      await this.look(context, false);
    }
    if (this.settled === 0n && newest > 0n) throw unsettled();
    return { upTo: String(this.settled), isHeldBack: this.settled < newest };
  }

  /** Finds out whether those who wrote at earlier looks are done; with `remember`, takes note of who writes now. Answers the newest position. */
  private async look(context: Context, remember: boolean): Promise<bigint> {
    // what another look sees meanwhile is not for this one to judge: its writers may have begun later
    const earlier = [...this.sightings];
    // in this order: who writes is asked after what can be seen
    const { newest, writers } = await this.unitOfWork.read(context, async (read) => ({
      newest: BigInt(await this.repository.newest(read)),
      writers: await this.repository.writers(read),
    }));
    const now: Sighting = { newest, writers };
    const writing = new Set(writers);
    for (const sighting of earlier) sighting.writers = sighting.writers.filter((writer) => writing.has(writer));
    for (const sighting of [...earlier, now])
      if (sighting.writers.length === 0 && sighting.newest > this.settled) this.settled = sighting.newest;
    if (remember && !this.sightings.some((sighting) => sighting.newest === newest)) this.sightings.push(now);
    // the oldest are kept: they are settled first
    this.sightings = this.sightings.filter((sighting) => sighting.newest > this.settled).slice(0, SIGHTINGS_MAX);
    return newest;
  }
}

function unsettled(): Fault {
  const message = 'events cannot be listed yet: a transaction that began before the newest of them is still under way';
  return new Fault({ room: 'ledger', code: 'EVENTS_UNSETTLED', message, retryable: true, safe: true });
}
