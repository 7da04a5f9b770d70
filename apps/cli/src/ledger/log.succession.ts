import { type LogSource, parseEntry } from '@imprimatur/formats/ledger';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  type SignedCheckpoint,
  TILE_WIDTH,
  verifyConsistency,
  verifyInclusion,
} from '@imprimatur/formats/merkle';
import { equalBytes, fromBase64Url } from '@imprimatur/kernel';
import { sha256 } from '../node.digests.js';
import { UsageError } from '../usage.error.js';
import type { Memory } from './ledger.trust.js';
import { entriesOf, proofFrom } from './tile.proofs.js';

/** What an entry `log.succeeded` announces: that the log of `oldOrigin` goes on under `newOrigin`, from an older backup. Sizes are numbers of entries. */
export interface Announcement {
  readonly index: number;
  readonly oldOrigin: string;
  readonly newOrigin: string;
  readonly oldSizeSigned: number;
  readonly oldRootSigned: Uint8Array;
  readonly restoredSize: number;
  readonly restoredRoot: Uint8Array;
  /** So many entries are said to be the very ones of the old log. */
  readonly restoredSizeSigned: number;
  readonly lostAtLeast: number;
  /** Null: the announcement does not know. */
  readonly lostAtMost: number | null;
  readonly memory: 'kept' | 'lost';
}

/**
 * How a checkpoint of a predecessor stands to this log. consistent: this log grew out of it. lost: it covers entries that are announced as
 * missing, and agrees with the announcement as far as that can be seen. contradicted: it shows that the announcement, or the log, is not true.
 */
export interface InheritedReport {
  readonly file: string;
  readonly size: number;
  readonly origin: string;
  readonly announcement: Announcement;
  readonly status: 'consistent' | 'lost' | 'contradicted';
  readonly why: string;
}

const MARK = '"type":"log.succeeded"';

/** Of memories of other origins than the log's. Throws UsageError where nothing in the log says that it succeeded that origin. */
export async function judgeInherited(source: LogSource, head: SignedCheckpoint, memories: readonly Memory[]): Promise<InheritedReport[]> {
  if (memories.length === 0) return [];
  const announced = await announcementsIn(source, head);
  const reports: InheritedReport[] = [];
  for (const memory of memories) {
    const line = lineOf(announced, memory.origin, head.origin);
    const [first] = line;
    if (!first)
      throw new UsageError(
        `--since ${memory.file} is of another log, ${memory.origin}, and nothing in this one says that it succeeded that`,
      );
    const contradiction = await contradictionOf(source, head, memory, line);
    const isConsistent = contradiction === null && (await grewOutOf(source, head, memory.size, memory.root));
    const status = contradiction !== null ? 'contradicted' : isConsistent ? 'consistent' : 'lost';
    const { file, size, origin } = memory;
    reports.push({ file, size, origin, announcement: first, status, why: contradiction ?? (isConsistent ? '' : lossOf(memory, first)) });
  }
  return reports;
}

/** From the old origin on to the present one, one announcement after the other; empty: they do not lead there. */
function lineOf(announced: readonly Announcement[], from: string, to: string): readonly Announcement[] {
  const line: Announcement[] = [];
  for (let origin = from; origin !== to;) {
    const next = announced.find(({ oldOrigin, index }) => oldOrigin === origin && index >= (line.at(-1)?.index ?? 0));
    if (!next || line.includes(next)) return [];
    line.push(next);
    origin = next.newOrigin;
  }
  return line;
}

/** What cannot be so if both the old checkpoint and the announcements are true; null: nothing is found. */
async function contradictionOf(
  source: LogSource,
  head: SignedCheckpoint,
  { size, root }: Memory,
  line: readonly Announcement[],
): Promise<string | null> {
  for (const { index, restoredSize, restoredRoot } of line)
    if (!(await grewOutOf(source, head, restoredSize, restoredRoot)))
      return `entry ${index} announces another tree of ${restoredSize} restored entries than the one that is here`;
  const [first] = line;
  if (!first) return null;
  const { index, oldSizeSigned, oldRootSigned, memory } = first;
  if (size === oldSizeSigned && !equalBytes(root, oldRootSigned))
    return `entry ${index} announces another tree of ${size} entries than the old checkpoint has: the old log was forked`;
  if (size > oldSizeSigned && memory === 'kept')
    return `entry ${index} announces that ${oldSizeSigned} entries were signed, and the old checkpoint covers ${size}: more was lost than is said`;
  const kept = Math.min(...line.map(({ restoredSizeSigned }) => restoredSizeSigned));
  if (size <= kept && !(await grewOutOf(source, head, size, root)))
    return `entry ${index} announces that the first ${kept} entries are those of the old log, and they are not`;
  return null;
}

function lossOf({ size }: Memory, { index, oldSizeSigned, restoredSizeSigned, lostAtLeast, lostAtMost }: Announcement): string {
  const lost =
    lostAtMost === lostAtLeast ? `${lostAtLeast}` : lostAtMost === null ? `at least ${lostAtLeast}` : `${lostAtLeast} to ${lostAtMost}`;
  return (
    `entry ${index} announces that ${lost} of the ${oldSizeSigned} signed entries are not here. ` +
    `Entries ${restoredSizeSigned} to ${size - 1}, which the old checkpoint covers, can be checked in an export of the old log alone`
  );
}

/** Whether the signed tree grew out of that one, by the log's own tiles, which are believed as far as they lead to the signed root. */
async function grewOutOf(source: LogSource, { size, root }: SignedCheckpoint, oldSize: number, oldRoot: Uint8Array): Promise<boolean> {
  if (oldSize > size) return false;
  const proof = await proofFrom(source, size, (get) => consistencyProof(sha256, get, oldSize, size));
  return verifyConsistency(sha256, { oldSize, oldRoot, size, root, proof });
}

/** In the order of the log; each is proven to be in the signed tree. */
async function announcementsIn(source: LogSource, { size, root }: SignedCheckpoint): Promise<readonly Announcement[]> {
  const found: Announcement[] = [];
  for (let bundle = 0; bundle * TILE_WIDTH < size; bundle += 1) {
    const entries = await entriesOf(source, size, bundle);
    for (const [at, bytes] of entries.entries()) {
      if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MARK)) continue;
      const index = bundle * TILE_WIDTH + at;
      const announcement = announcementOf(bytes, index);
      if (!announcement) continue;
      const proof = await proofFrom(source, size, (get) => inclusionProof(sha256, get, index, size));
      if (verifyInclusion(sha256, { leaf: leafHash(sha256, bytes), index, size, root, proof })) found.push(announcement);
    }
  }
  return found;
}

function announcementOf(bytes: Uint8Array, index: number): Announcement | null {
  const parsed = parseEntry(bytes);
  if (parsed.status !== 'entry' || parsed.entry.type !== 'log.succeeded') return null;
  const { facts } = parsed.entry;
  const text = (name: string): string => (typeof facts[name] === 'string' ? facts[name] : '');
  const count = (name: string): number => (Number.isSafeInteger(facts[name]) ? Number(facts[name]) : Number.NaN);
  const sizes = {
    oldSizeSigned: count('oldSizeSigned'),
    restoredSize: count('restoredSize'),
    restoredSizeSigned: count('restoredSizeSigned'),
    lostAtLeast: count('lostAtLeast'),
  };
  if (Object.values(sizes).some((each) => !(each >= 0))) return null;
  return {
    index,
    ...sizes,
    oldOrigin: text('oldOrigin'),
    newOrigin: text('newOrigin'),
    oldRootSigned: rootOf(text('oldRootSigned')),
    restoredRoot: rootOf(text('restoredRoot')),
    lostAtMost: facts.lostAtMost === null ? null : count('lostAtMost'),
    memory: facts.memory === 'kept' ? 'kept' : 'lost',
  };
}

/** Empty for what is none: equal to no root. */
function rootOf(text: string): Uint8Array {
  try {
    return fromBase64Url(text);
  } catch {
    return new Uint8Array(0);
  }
}
