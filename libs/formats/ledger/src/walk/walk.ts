import { equalBytes, type Sha256, toBase64, utf8 } from '@imprimatur/kernel';
import {
  emptyRoot,
  type Ed25519Verify,
  HASH_BYTES,
  judgeWitnessPolicy,
  type LogKey,
  parseCheckpoint,
  type SignedCheckpoint,
  TILE_WIDTH,
  tilePath,
  type WitnessJudgement,
  type WitnessPolicy,
} from '@imprimatur/formats/merkle';
import { appendHead, type HeadRun, type LogKind, textOf } from './bundle.check.js';
import { type Finding, FINDINGS_MAX } from './finding.js';
import type { LogSource } from './log.source.js';
import type { PersonVerify } from '../signing/person.signature.js';
import { PeopleCheck, type SignedCounts } from './people.check.js';
import { inconsistentTile, type SegmentOrder, type SegmentReport, walkSegment } from './segment.js';
import { judgeSignature, type KeyStanding } from './signature.js';
import { Trail } from './trail.js';
import { type HashInto, hashIntoOf, TreeHasher } from './tree.hasher.js';
import { UpperTiles } from './upper.tiles.js';

/** 16,384 entries: enough to be worth a message to another thread, few enough to spread. */
const SEGMENT_BUNDLES = 64;

/** A head that the verifier remembers, by whatever way it came to it. */
export interface RememberedHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export interface WalkTools {
  readonly source: LogSource;
  readonly sha256: Sha256;
  readonly ed25519Verify: Ed25519Verify;
  /** A faster way to hash; without it `sha256` serves. */
  readonly hashInto?: HashInto;
  /** Checks what people signed; without it nothing is known of that. */
  readonly personVerify?: PersonVerify;
  /** Pinned by the verifier. */
  readonly logKeys: readonly LogKey[];
  readonly policy?: WitnessPolicy;
  /** The log must grow out of each of them. */
  readonly since?: readonly RememberedHead[];
  /** Walks a stretch elsewhere, as on a thread of its own; `lanes` of them at a time. */
  readonly runSegment?: (order: SegmentOrder) => Promise<SegmentReport>;
  readonly lanes?: number;
  /** Hears how many entries more are done, of how many. */
  readonly progress?: (entries: number, size: number) => void;
}

export interface SinceReport {
  readonly size: number;
  /** not compared: the walk did not come so far. */
  readonly status: 'consistent' | 'inconsistent' | 'larger' | 'not compared';
}

export interface WalkReport {
  /** Null: there is no readable checkpoint. */
  readonly head: { readonly origin: string; readonly size: number; readonly root: string } | null;
  readonly key: KeyStanding;
  /** By the verifier's own policy; null: it brought none. */
  readonly judgement: WitnessJudgement | null;
  readonly since: readonly SinceReport[];
  /** Entries that were hashed and read, and their bytes. */
  readonly entries: number;
  readonly bytes: number;
  /** Assets whose events were followed. */
  readonly assets: number;
  readonly signed: SignedCounts;
  /** Entries of a version that this verifier does not know: reported, not guessed. */
  readonly unknownVersions: number;
  readonly firstUnknownVersion: number | null;
  /** Empty: everything that is there agrees. At most FINDINGS_MAX. */
  readonly findings: readonly Finding[];
}

/**
 * Walks a whole log: its checkpoint, every entry of every bundle against its leaf, every tile, the root, what it remembers of older heads, and
 * each asset's events from the first on. Memory grows with the number of assets, not of entries. Throws only what the source throws.
 */
export async function walkLog(tools: WalkTools): Promise<WalkReport> {
  const note = await tools.source('checkpoint');
  const checkpoint = note && parseCheckpoint(textOf(note) ?? '');
  if (!checkpoint) {
    const words = note ? 'the checkpoint cannot be read' : 'there is no checkpoint';
    return unread({ code: note ? 'CHECKPOINT_UNREADABLE' : 'FILE_MISSING', words, path: 'checkpoint' });
  }
  return new Walk(checkpoint, tools).walk();
}

class Walk {
  private readonly findings: Finding[] = [];
  private readonly trail = new Trail(true);
  private readonly heads = new Map<string, HeadRun>();
  private readonly hasher: TreeHasher;
  private readonly upper: UpperTiles;
  private readonly since = new Map<number, boolean>();
  private readonly counts = { entries: 0, bytes: 0, unknownVersions: 0, firstUnknownVersion: null as number | null };
  private edge: Pick<SegmentReport, 'edge' | 'edgeTile'> = { edge: null, edgeTile: null };
  private readonly people: PeopleCheck;
  private pushed = 0;

  constructor(
    private readonly checkpoint: SignedCheckpoint,
    private readonly tools: WalkTools,
  ) {
    this.hasher = new TreeHasher(tools.hashInto ?? hashIntoOf(tools.sha256));
    this.upper = new UpperTiles(tools.source, this.hasher, emptyRoot(tools.sha256));
    this.people = new PeopleCheck(tools);
  }

  async walk(): Promise<WalkReport> {
    const { checkpoint, tools } = this;
    const { key, findings } = judgeSignature(checkpoint, await tools.source('log.vkey'), tools);
    this.findings.push(...findings);
    const judgement = tools.policy ? judgeWitnessPolicy(tools.policy, checkpoint, tools.ed25519Verify) : null;
    const isWhole = await this.segments();
    if (isWhole) await this.roots();
    this.findings.push(...this.upper.findings);
    const since = (tools.since ?? []).map((head) => this.compared(head));
    const { origin, size, root } = checkpoint;
    return {
      head: { origin, size, root: toBase64(root) },
      key,
      judgement,
      since,
      ...this.counts,
      assets: this.trail.assets,
      signed: this.people.counts,
      findings: this.findings.slice(0, FINDINGS_MAX),
    };
  }

  /** Every stretch in the order of the log, some of them at work at a time. False: the walk could not go to the end. */
  private async segments(): Promise<boolean> {
    const { size } = this.checkpoint;
    const bundles = Math.ceil(size / TILE_WIDTH);
    const run = this.tools.runSegment ?? ((order: SegmentOrder) => this.runHere(order));
    const running: Promise<SegmentReport>[] = [];
    try {
      for (let next = 0; next < bundles || running.length > 0;) {
        for (; next < bundles && running.length < (this.tools.lanes ?? 1); next += SEGMENT_BUNDLES) {
          const report = run(this.order(next, bundles));
          report.catch(() => undefined); // it is told when its turn comes
          running.push(report);
        }
        const report = await running.shift();
        if (!report || !(await this.take(report))) return false;
      }
      return true;
    } finally {
      await Promise.allSettled(running);
    }
  }

  private order(firstBundle: number, bundles: number): SegmentOrder {
    const { origin, size } = this.checkpoint;
    const cuts = (this.tools.since ?? []).map((head) => head.size).filter((cut) => cut < size && cut % TILE_WIDTH !== 0);
    const count = Math.min(SEGMENT_BUNDLES, bundles - firstBundle);
    return { kind: kindOf(origin), size, firstBundle, bundles: count, cuts: [...new Set(cuts)] };
  }

  private runHere(order: SegmentOrder): Promise<SegmentReport> {
    const { source, sha256, hashInto, progress } = this.tools;
    const { size } = this.checkpoint;
    return walkSegment(order, {
      source,
      hashInto: hashInto ?? hashIntoOf(sha256),
      ...(progress && { progress: (entries: number) => progress(entries, size) }),
    });
  }

  private async take(report: SegmentReport): Promise<boolean> {
    const { counts } = this;
    this.trail.append(report.trail);
    this.findings.push(...report.findings, ...this.trail.takeFindings(), ...(await this.people.take(report.ofPeople)));
    for (const [origin, head] of report.heads) appendHead({ heads: this.heads, findings: this.findings }, origin, head);
    counts.entries += report.entries;
    counts.bytes += report.bytes;
    counts.unknownVersions += report.unknownVersions;
    counts.firstUnknownVersion ??= report.firstUnknownVersion;
    for (let at = 0; at < report.tileRoots.length; at += HASH_BYTES) {
      this.remember(report.cuts.filter((cut) => Math.floor(cut.size / TILE_WIDTH) === this.pushed));
      await this.upper.push(report.tileRoots.subarray(at, at + HASH_BYTES));
      this.pushed += 1;
      this.remember([{ size: this.pushed * TILE_WIDTH, leaves: new Uint8Array(0) }]);
    }
    if (report.edge) this.edge = report;
    return !report.stopped && this.findings.length < FINDINGS_MAX;
  }

  /** Compares the older heads of these sizes with the tree as it stood there. */
  private remember(cuts: readonly { readonly size: number; readonly leaves: Uint8Array }[]): void {
    for (const { size, leaves } of cuts) {
      for (const head of this.tools.since ?? []) {
        if (head.size === size) this.since.set(size, (this.since.get(size) ?? true) && equalBytes(this.upper.root(leaves), head.root));
      }
    }
  }

  /** The root at last, and what it says of what differed on the way. */
  private async roots(): Promise<void> {
    const { edge, edgeTile } = this.edge;
    const isSigned = (leaves: Uint8Array): boolean => equalBytes(this.upper.root(leaves), this.checkpoint.root);
    let leaves: Uint8Array = edge ?? new Uint8Array(0);
    if (edge && edgeTile) {
      const { path } = this.edgeFile(edge);
      if (isSigned(edge)) this.findings.push(inconsistentTile(path, this.pushed * TILE_WIDTH));
      else this.findings.push(...edgeTile.findings);
      if (!isSigned(edge) && isSigned(edgeTile.hashes)) leaves = edgeTile.hashes;
    }
    const inEdge = (this.tools.since ?? []).map(({ size }) => size - this.pushed * TILE_WIDTH);
    for (const count of inEdge) {
      if (count >= 0 && count * HASH_BYTES <= leaves.length && (count > 0 || this.pushed === 0))
        this.remember([{ size: this.pushed * TILE_WIDTH + count, leaves: leaves.subarray(0, count * HASH_BYTES) }]);
    }
    const isRight = isSigned(leaves);
    await this.upper.finish();
    this.findings.push(...this.upper.judge(isRight));
    if (!isRight && !this.findings.some(({ code }) => code === 'TILE_INCONSISTENT' || code === 'ENTRY_NOT_ITS_LEAF'))
      this.findings.push(this.wrongRoot());
  }

  private edgeFile(edge: Uint8Array): { readonly path: string } {
    return { path: tilePath({ level: 0, index: this.pushed, width: edge.length / HASH_BYTES }) };
  }

  /** Entries and tiles agree with each other and not with the head: the highest tile is the one to name. */
  private wrongRoot(): Finding {
    let [level, width] = [0, this.checkpoint.size];
    for (; width >= TILE_WIDTH; level += 1) width = Math.floor(width / TILE_WIDTH);
    if (width === 0) return { code: 'TILE_INCONSISTENT', words: 'the signed root is not the one of an empty log', path: 'checkpoint' };
    return inconsistentTile(tilePath({ level, index: 0, width }));
  }

  private compared({ origin, size }: RememberedHead): SinceReport {
    const head = this.checkpoint;
    if (origin !== head.origin || size > head.size) {
      const words =
        origin !== head.origin
          ? `the old checkpoint is of another log, ${origin}`
          : `the log has ${head.size} entries and had ${size} before: it was cut back`;
      this.findings.push({ code: 'OLD_CHECKPOINT_LARGER', words });
      return { size, status: 'larger' };
    }
    const isConsistent = size === 0 ? true : this.since.get(size);
    if (isConsistent === undefined) return { size, status: 'not compared' };
    if (isConsistent) return { size, status: 'consistent' };
    const words =
      size === head.size
        ? `there are two checkpoints of size ${size}, and they differ: the log was forked`
        : `the checkpoint does not grow out of the old one of size ${size}`;
    this.findings.push({ code: 'OLD_CHECKPOINT_INCONSISTENT', words });
    return { size, status: 'inconsistent' };
  }
}

/** What the entries of a log are, by the form of its origin. */
export function kindOf(origin: string): LogKind {
  if (origin.endsWith('/0')) return { kind: 'log-0' };
  const tenant = /\/t\/([0-9a-f-]{36})$/.exec(origin)?.[1];
  return { kind: 'tenant', tenant: tenant === undefined ? null : utf8(tenant) };
}

function unread(finding: Finding): WalkReport {
  const counts = { entries: 0, bytes: 0, assets: 0, signed: { good: 0, unknown: 0 }, unknownVersions: 0, firstUnknownVersion: null };
  return { head: null, key: 'none', judgement: null, since: [], ...counts, findings: [finding] };
}
