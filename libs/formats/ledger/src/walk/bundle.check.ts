import { equalBytes, toHex } from '@imprimatur/kernel';
import { type BundleRef, bundlePath, parseCheckpoint, TILE_WIDTH } from '@imprimatur/formats/merkle';
import { EntryScan, idOf } from './entry.scan.js';
import type { Finding } from './finding.js';
import type { Trail } from './trail.js';
import type { HashInto } from './tree.hasher.js';

// written here: an imported name is looked up at each use, and these are used for every hash
const HASH_BYTES = 32;

/** What the entries of a log are: those of a tenant (`tenant`: bytes of its UUID's text, null: the origin does not say), or log 0's checkpoints. */
export type LogKind = { readonly kind: 'tenant'; readonly tenant: Uint8Array | null } | { readonly kind: 'log-0' };

/** The newest head of a tenant's log that a stretch of log 0 tells of, and the first. */
export interface HeadRun {
  readonly entry: number;
  readonly size: number;
  readonly root: string;
  readonly lastSize: number;
  readonly lastRoot: string;
}

/** What the entries of a stretch say, gathered. */
export interface Gathered {
  readonly findings: Finding[];
  readonly heads: Map<string, HeadRun>;
  unknownVersions: number;
  firstUnknownVersion: number | null;
  bytes: number;
  /** Entries that people signed, and those that enrol their keys: few, and judged in the order of the log. */
  readonly ofPeople: EntryOfPeople[];
}

export interface EntryOfPeople {
  readonly entry: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface CheckedBundle {
  /** Leaf hashes of its entries, 32 bytes each; valid until the next bundle. */
  readonly leaves: Uint8Array;
  /** Entries that could be told apart: fewer than the bundle should hold when it breaks off. */
  readonly read: number;
}

/** Takes a bundle apart, hashes each entry and reads it. */
export class BundleCheck {
  private readonly leaves = new Uint8Array(TILE_WIDTH * HASH_BYTES);
  private readonly scan = new EntryScan();

  constructor(
    private readonly hashInto: HashInto,
    private readonly kind: LogKind,
    private readonly trail: Trail,
    private readonly gathered: Gathered,
  ) {}

  check(bundle: Uint8Array, ref: BundleRef, isLonger: boolean): CheckedBundle {
    const first = ref.index * TILE_WIDTH;
    let read = 0;
    let at = 0;
    for (; read < ref.width; read += 1) {
      const low = bundle[at + 1] ?? 0;
      const end = at + 2 + (bundle[at] ?? 0) * 256 + low;
      if (end > bundle.length || at + 2 > bundle.length) break;
      // the length's low byte gives its place to the 0x00 of a leaf, so that the entry is hashed where it stands
      bundle[at + 1] = 0;
      this.hashInto(bundle.subarray(at + 1, end), this.leaves, read * HASH_BYTES);
      bundle[at + 1] = low;
      this.read(bundle, at + 2, end, first + read, read * HASH_BYTES);
      this.gathered.bytes += end - at - 2;
      at = end;
    }
    const path = bundlePath(ref);
    if (read < ref.width) {
      this.gathered.findings.push({
        code: 'ENTRY_UNREADABLE',
        words: `entry ${first + read} cannot be read: ${path} breaks off`,
        entry: first + read,
        path,
      });
    } else if (!isLonger && at < bundle.length) {
      const words = `${path} holds more than its ${ref.width} entries`;
      this.gathered.findings.push({ code: 'ENTRY_UNREADABLE', words, entry: first + read - 1, path });
    }
    return { leaves: this.leaves, read };
  }

  private read(bundle: Uint8Array, start: number, end: number, entry: number, leafAt: number): void {
    if (this.kind.kind === 'log-0') return this.head(bundle.subarray(start, end), entry);
    const { scan, gathered } = this;
    const reading = scan.read(bundle, start, end);
    if (reading === 'entry') {
      this.trail.entry(scan.places, entry, this.leaves, leafAt);
      if (scan.isOfPeople()) gathered.ofPeople.push({ entry, bytes: new Uint8Array(bundle.subarray(start, end)) });
      if (this.kind.tenant === null || scan.isOf(this.kind.tenant)) return;
      const id = idOf(bundle.subarray(start, end));
      gathered.findings.push({
        code: 'ENTRY_OF_ANOTHER_TENANT',
        words: `entry ${entry} is of another tenant than the log`,
        entry,
        ...(id && { id }),
      });
    } else if (reading === 'unknown-version') {
      gathered.unknownVersions += 1;
      gathered.firstUnknownVersion ??= entry;
    } else {
      const id = idOf(bundle.subarray(start, end));
      gathered.findings.push({ code: 'ENTRY_MALFORMED', words: `entry ${entry} is ${scan.why}`, entry, ...(id && { id }) });
    }
  }

  private head(bytes: Uint8Array, entry: number): void {
    const checkpoint = parseCheckpoint(textOf(bytes) ?? '');
    if (!checkpoint) {
      this.gathered.findings.push({ code: 'ENTRY_MALFORMED', words: `entry ${entry} is no signed checkpoint`, entry });
      return;
    }
    const root = toHex(checkpoint.root);
    const { origin, size } = checkpoint;
    appendHead(this.gathered, origin, { entry, size, root, lastSize: size, lastRoot: root });
  }
}

/** The next head, or heads, of a tenant's log as log 0 tells them: it may grow only. */
export function appendHead({ heads, findings }: Pick<Gathered, 'heads' | 'findings'>, origin: string, run: HeadRun): void {
  const before = heads.get(origin);
  const { entry } = run;
  if (before && run.size < before.lastSize) {
    const words = `entry ${entry}: the log ${origin} went back from size ${before.lastSize} to ${run.size}`;
    findings.push({ code: 'HEAD_WENT_BACK', words, entry });
  } else if (before && run.size === before.lastSize && run.root !== before.lastRoot) {
    findings.push({ code: 'HEAD_FORKED', words: `entry ${entry}: the log ${origin} has a second root of size ${run.size}`, entry });
  }
  heads.set(origin, before ? { ...before, lastSize: run.lastSize, lastRoot: run.lastRoot } : run);
}

/** Null for bytes that are no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Position of the first of `count` hashes in which both differ; null: in none. */
export function firstDifference(a: Uint8Array, b: Uint8Array, count: number): number | null {
  const length = count * HASH_BYTES;
  for (let at = 0; at < length; at += 1) if (a[at] !== b[at]) return Math.floor(at / HASH_BYTES);
  return null;
}

export const isHash = (hash: Uint8Array, hashes: Uint8Array, position: number): boolean =>
  equalBytes(hash, hashes.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES));
