import { bundlePath, type BundleRef, HASH_BYTES, TILE_WIDTH, tilePath } from '@imprimatur/formats/merkle';
import { BundleCheck, type EntryOfPeople, firstDifference, type Gathered, type HeadRun, isHash, type LogKind } from './bundle.check.js';
import { idOf } from './entry.scan.js';
import { type Finding, FINDINGS_MAX } from './finding.js';
import { type LogSource, readBundle, readTile, type ReadTile } from './log.source.js';
import { Trail } from './trail.js';
import type { TrailArrays } from './trail.table.js';
import { type HashInto, TreeHasher } from './tree.hasher.js';

/** Bundles that are read before their turn, so that a slow disk or network does not make the hashing wait. */
const READ_AHEAD = 8;

/** A stretch of whole bundles. Plain data, so that a thread can be handed it. */
export interface SegmentOrder {
  readonly kind: LogKind;
  /** Of the whole log. */
  readonly size: number;
  readonly firstBundle: number;
  readonly bundles: number;
  /** Sizes of older heads that fall inside a bundle of the stretch. */
  readonly cuts: readonly number[];
}

/** What the stretch holds, hashed from its entries. Plain data likewise. */
export interface SegmentReport {
  /** Root of each full bundle, 32 bytes each. */
  readonly tileRoots: Uint8Array<ArrayBuffer>;
  /** Leaf hashes of the last bundle when it is not full. */
  readonly edge: Uint8Array<ArrayBuffer> | null;
  /** What the tile says of it, when it says something else, and the findings if the tile is right. */
  readonly edgeTile: { readonly hashes: Uint8Array<ArrayBuffer>; readonly findings: readonly Finding[] } | null;
  /** Leaf hashes of the bundle that each cut falls into, as far as the cut. */
  readonly cuts: readonly { readonly size: number; readonly leaves: Uint8Array<ArrayBuffer> }[];
  /** Neither entries nor tile are there at some place, or too much is wrong: the stretch ends before it, and so does the walk. */
  readonly stopped: boolean;
  readonly findings: readonly Finding[];
  readonly trail: TrailArrays;
  readonly heads: readonly (readonly [string, HeadRun])[];
  readonly ofPeople: readonly EntryOfPeople[];
  readonly unknownVersions: number;
  readonly firstUnknownVersion: number | null;
  readonly entries: number;
  readonly bytes: number;
}

export interface SegmentTools {
  readonly source: LogSource;
  readonly hashInto: HashInto;
  /** Hears how many entries more are done. */
  readonly progress?: (entries: number) => void;
}

/** Checks one stretch: every entry against its leaf, and what the entries say. Throws only what the source throws. */
export function walkSegment(order: SegmentOrder, tools: SegmentTools): Promise<SegmentReport> {
  return new Segment(order, tools).walk();
}

class Segment {
  private readonly gathered: Gathered = {
    ...{ findings: [], heads: new Map(), ofPeople: [] },
    ...{ unknownVersions: 0, firstUnknownVersion: null, bytes: 0 },
  };
  private readonly trail = new Trail(false);
  private readonly hasher: TreeHasher;
  private readonly check: BundleCheck;
  private readonly tileRoots: Uint8Array<ArrayBuffer>;
  private readonly cuts: { size: number; leaves: Uint8Array<ArrayBuffer> }[] = [];
  private readonly parents = new Map<number, Promise<ReadTile>>();
  private full = 0;
  private entries = 0;
  private edge: Uint8Array<ArrayBuffer> | null = null;
  private edgeTile: SegmentReport['edgeTile'] = null;

  constructor(
    private readonly order: SegmentOrder,
    private readonly tools: SegmentTools,
  ) {
    this.hasher = new TreeHasher(tools.hashInto);
    this.check = new BundleCheck(tools.hashInto, order.kind, this.trail, this.gathered);
    this.tileRoots = new Uint8Array(order.bundles * HASH_BYTES);
  }

  async walk(): Promise<SegmentReport> {
    const { firstBundle, bundles } = this.order;
    const ahead: Promise<readonly [Awaited<ReturnType<typeof readBundle>>, ReadTile]>[] = [];
    let stopped = false;
    for (let at = 0, asked = 0; at < bundles && !stopped; at += 1) {
      for (; asked < bundles && asked <= at + READ_AHEAD; asked += 1) {
        const read = this.fetch(this.ref(firstBundle + asked));
        read.catch(() => undefined); // it is told when its turn comes
        ahead.push(read);
      }
      const [bundle, tile] = (await ahead.shift()) ?? [null, { hashes: null, why: 'missing' }];
      stopped = !(await this.take(this.ref(firstBundle + at), bundle, tile)) || this.gathered.findings.length >= FINDINGS_MAX;
    }
    await Promise.allSettled(ahead);
    return this.report(stopped);
  }

  private async fetch(ref: BundleRef): Promise<readonly [Awaited<ReturnType<typeof readBundle>>, ReadTile]> {
    const { source } = this.tools;
    return Promise.all([readBundle(source, ref), readTile(source, { level: 0, ...ref })]);
  }

  /** False: what the tree holds here cannot be known. */
  private async take(ref: BundleRef, bundle: Awaited<ReturnType<typeof readBundle>>, tile: ReadTile): Promise<boolean> {
    if (!tile.hashes) this.find(missingTile(tilePath({ level: 0, ...ref }), tile.why));
    if (!bundle) {
      const path = bundlePath(ref);
      this.find({ code: 'FILE_MISSING', words: `${path} is missing`, path, entry: ref.index * TILE_WIDTH });
    }
    const checked = bundle && this.check.check(bundle.bytes, ref, bundle.isLonger);
    for (const finding of this.trail.takeFindings()) this.find(finding);
    const read = checked?.read ?? 0;
    if (!tile.hashes && read < ref.width) return false;
    const leaves = new Uint8Array(ref.width * HASH_BYTES);
    if (tile.hashes) leaves.set(tile.hashes);
    if (checked) leaves.set(checked.leaves.subarray(0, read * HASH_BYTES));
    const isDifferent = tile.hashes !== null && firstDifference(leaves, tile.hashes, read) !== null;
    this.keep(ref, tile.hashes && isDifferent && bundle ? await this.judge(ref, bundle.bytes, leaves, tile.hashes, read) : leaves);
    this.entries += read;
    this.tools.progress?.(ref.width);
    return true;
  }

  /** Entries and tile differ: whichever the tile above knows is right. Answers the hashes to go on with. */
  private async judge(
    ref: BundleRef,
    bundle: Uint8Array,
    leaves: Uint8Array<ArrayBuffer>,
    tile: Uint8Array,
    read: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const findings = notTheirLeaves(ref, bundle, leaves, tile, read);
    if (ref.width < TILE_WIDTH) {
      this.edgeTile = { hashes: new Uint8Array(tile), findings };
      return leaves; // only the root can tell
    }
    const above = await this.parentOf(ref);
    const isAbove = (hashes: Uint8Array): boolean =>
      above !== null && isHash(this.hasher.root(hashes, TILE_WIDTH, null), above, ref.index % TILE_WIDTH);
    if (isAbove(leaves)) {
      this.find(inconsistentTile(tilePath({ level: 0, ...ref }), ref.index * TILE_WIDTH));
      return leaves;
    }
    for (const finding of findings) this.find(finding);
    return isAbove(tile) ? new Uint8Array(tile) : leaves;
  }

  private async parentOf({ index }: BundleRef): Promise<Uint8Array | null> {
    const above = Math.floor(index / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, Math.floor(this.order.size / TILE_WIDTH) - above * TILE_WIDTH);
    const known = this.parents.get(above) ?? readTile(this.tools.source, { level: 1, index: above, width });
    this.parents.set(above, known);
    return (await known).hashes;
  }

  private keep({ index, width }: BundleRef, leaves: Uint8Array<ArrayBuffer>): void {
    for (const size of this.order.cuts) {
      const count = size - index * TILE_WIDTH;
      if (count > 0 && count < width) this.cuts.push({ size, leaves: leaves.slice(0, count * HASH_BYTES) });
    }
    if (width < TILE_WIDTH) this.edge = leaves;
    else {
      this.tileRoots.set(this.hasher.root(leaves, TILE_WIDTH, null), this.full * HASH_BYTES);
      this.full += 1;
    }
  }

  private ref(index: number): BundleRef {
    return { index, width: Math.min(TILE_WIDTH, this.order.size - index * TILE_WIDTH) };
  }

  private find(finding: Finding): void {
    this.gathered.findings.push(finding);
  }

  private report(stopped: boolean): SegmentReport {
    const { findings, heads, ...counts } = this.gathered;
    return {
      tileRoots: this.tileRoots.slice(0, this.full * HASH_BYTES),
      edge: this.edge,
      edgeTile: this.edgeTile,
      cuts: this.cuts,
      stopped,
      findings,
      trail: this.trail.arrays(),
      heads: [...heads],
      ...counts,
      entries: this.entries,
    };
  }
}

export function missingTile(path: string, why: 'missing' | 'unreadable'): Finding {
  return why === 'missing'
    ? { code: 'FILE_MISSING', words: `${path} is missing`, path }
    : { code: 'TILE_UNREADABLE', words: `${path} has not the length of its hashes`, path };
}

export function inconsistentTile(path: string, entry?: number): Finding {
  const words = `${path.replace(/\.p\/\d+$/, '').replaceAll(/\/x?0*(\d)/g, '/$1')} is inconsistent with the signed head`;
  return { code: 'TILE_INCONSISTENT', words: words.replace('tile/', 'tile '), path, ...(entry !== undefined && { entry }) };
}

function notTheirLeaves({ index }: BundleRef, bundle: Uint8Array, leaves: Uint8Array, tile: Uint8Array, read: number): Finding[] {
  const findings: Finding[] = [];
  for (let place = 0, at = 0; place < read && findings.length < FINDINGS_MAX; place += 1) {
    const end = at + 2 + (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0);
    if (!isHash(leaves.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES), tile, place)) {
      const entry = index * TILE_WIDTH + place;
      const id = idOf(bundle.subarray(at + 2, end));
      findings.push({ code: 'ENTRY_NOT_ITS_LEAF', words: `entry ${entry} does not hash to its leaf`, entry, ...(id && { id }) });
    }
    at = end;
  }
  return findings;
}
