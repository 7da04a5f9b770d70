import { availableParallelism } from 'node:os';
import { type LogSource, type RememberedHead, walkLog, type WalkReport } from '@imprimatur/formats/ledger';
import { type LogKey, parseCheckpoint, type WitnessPolicy } from '@imprimatur/formats/merkle';
import { ed25519Verify, personVerify, sha256 } from '../node.digests.js';
import { hashInto } from './fast.hash.js';
import { type LogPlace, openLog } from './log.place.js';
import { ProgressBar } from '../progress.bar.js';
import { SegmentPool } from './segment.pool.js';

/** Below this a thread would take longer to start than to help. */
const THREADS_FROM = 40_000;
const THREADS_MAX = 8;
/** Stretches that wait for each thread, so that none is idle. */
const LANES_PER_THREAD = 2;

export interface Believed {
  readonly logKeys: readonly LogKey[];
  readonly policy?: WitnessPolicy;
  readonly since: readonly RememberedHead[];
}

/** Walks the log at `place`, on several threads when it is large. `note`: its checkpoint, which was read already. */
export async function walkPlace(place: LogPlace, note: Uint8Array | null, believed: Believed): Promise<WalkReport> {
  const size = (note && parseCheckpoint(Buffer.from(note).toString())?.size) ?? 0;
  const threads = Math.min(THREADS_MAX, availableParallelism());
  const bar = new ProgressBar('checking entries');
  const source = withCheckpoint(openLog(place), note);
  const tools = {
    source,
    sha256,
    hashInto,
    ed25519Verify,
    personVerify,
    ...believed,
    progress: (entries: number) => bar.add(entries, size),
  };
  const pool = size >= THREADS_FROM && threads > 1 ? new SegmentPool(place, threads, tools.progress) : null;
  try {
    return await walkLog(pool ? { ...tools, runSegment: (order) => pool.run(order), lanes: threads * LANES_PER_THREAD } : tools);
  } finally {
    bar.end();
    await pool?.close();
  }
}

/** A log that is served goes on growing: the checkpoint is read once. */
export function withCheckpoint(source: LogSource, note: Uint8Array | null): LogSource {
  return (path) => (path === 'checkpoint' ? Promise.resolve(note) : source(path));
}
