import { parentPort, workerData } from 'node:worker_threads';
import { type SegmentReport, walkSegment } from '@imprimatur/formats/ledger';
import { hashInto } from './fast.hash.js';
import { type LogPlace, openLog } from './log.place.js';
import type { SegmentAnswer, SegmentRequest } from './segment.messages.js';

// a thread that walks stretches of one log, whose place it was told when it started
const TELL_EVERY = 4_096;
const source = openLog(workerData as LogPlace);
const say = (answer: SegmentAnswer, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(answer, moved);

async function walk({ id, order }: SegmentRequest): Promise<void> {
  let untold = 0;
  const progress = (entries: number): void => {
    untold += entries;
    if (untold < TELL_EVERY) return;
    say({ id, progress: untold });
    untold = 0;
  };
  try {
    const report = await walkSegment(order, { source, hashInto, progress });
    say({ id, progress: untold });
    say({ id, report }, buffersOf(report));
  } catch (error) {
    say({ id, failed: error instanceof Error ? error.message : String(error) });
  }
}

/** What is large is moved, not copied. */
function buffersOf({ tileRoots, trail }: SegmentReport): ArrayBuffer[] {
  const { firsts } = trail;
  return [tileRoots, trail.ids, trail.seqs, trail.leaves, firsts.seqs, firsts.prevs, firsts.linked, firsts.entries].map(
    ({ buffer }) => buffer,
  );
}

parentPort?.on('message', (request: SegmentRequest) => void walk(request));
