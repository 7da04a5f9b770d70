import { type AssetPlaces, uuidText } from './asset-places.js';
import type { Finding } from './finding.js';
import { type TrailArrays, TrailTable } from './trail.table.js';

// written here: an imported name is looked up at each use, and these are used for every hash
const ID_BYTES = 16;
const HASH_BYTES = 32;

/** Consecutive events of one asset: how they begin, and how they end. A single event is both. */
interface Run {
  readonly ids: Uint8Array;
  readonly idAt: number;
  readonly seq: number;
  readonly prevs: Uint8Array;
  readonly prevAt: number;
  readonly linked: boolean;
  /** Index of the first of them. */
  readonly entry: number;
  readonly lastSeq: number;
  readonly leaves: Uint8Array;
  readonly leafAt: number;
}

/** Whether each asset's events are there from the first on without a gap, and each names the leaf of the one before. */
export class Trail {
  private readonly table: TrailTable;
  private findings: Finding[] = [];
  /** One object for every single event: a walk makes none of its own. */
  private readonly run: { -readonly [Field in keyof Run]: Run[Field] } = {
    ids: new Uint8Array(0),
    idAt: 0,
    seq: 0,
    prevs: new Uint8Array(0),
    prevAt: 0,
    linked: false,
    entry: 0,
    lastSeq: 0,
    leaves: new Uint8Array(0),
    leafAt: 0,
  };

  /** `beginsLog`: nothing came before, so every asset begins with 1. Only a trail that does not can be appended to another. */
  constructor(private readonly beginsLog: boolean) {
    this.table = new TrailTable(!beginsLog);
  }

  get assets(): number {
    return this.table.count;
  }

  /** The next entry of the log, with its leaf hash at `leafAt` of `leaves`. */
  entry(places: AssetPlaces, entry: number, leaves: Uint8Array, leafAt: number): void {
    const { run } = this;
    for (let place = 0; place < places.count; place += 1) {
      run.ids = places.ids;
      run.idAt = place * ID_BYTES;
      run.seq = run.lastSeq = places.seqs[place] ?? 0;
      run.prevs = places.prevs;
      run.prevAt = place * HASH_BYTES;
      run.linked = places.linked[place] ?? false;
      run.entry = entry;
      run.leaves = leaves;
      run.leafAt = leafAt;
      this.link(run);
    }
  }

  /** The trail of the stretch of the log that follows. */
  append({ ids, seqs, leaves, firsts }: TrailArrays): void {
    for (let slot = 0; slot < seqs.length; slot += 1) {
      if (seqs[slot] === 0) continue;
      this.link({
        ids,
        idAt: slot * ID_BYTES,
        seq: firsts.seqs[slot] ?? 0,
        prevs: firsts.prevs,
        prevAt: slot * HASH_BYTES,
        linked: firsts.linked[slot] === 1,
        entry: firsts.entries[slot] ?? 0,
        lastSeq: seqs[slot] ?? 0,
        leaves,
        leafAt: slot * HASH_BYTES,
      });
    }
  }

  arrays(): TrailArrays {
    return this.table.arrays();
  }

  /** What was found since the last time, in the order of the log. */
  takeFindings(): readonly Finding[] {
    const found = this.findings.sort((a, b) => (a.entry ?? 0) - (b.entry ?? 0));
    this.findings = [];
    return found;
  }

  private link(run: Run): void {
    const { table } = this;
    const slot = table.slotOf(run.ids, run.idAt);
    const before = table.seqAt(slot);
    if (before > 0) {
      if (run.seq !== before + 1 || !run.linked || !table.isLeafAt(slot, run.prevs, run.prevAt)) this.report(run, before);
      if (run.lastSeq <= before) return; // told already; what follows is measured against the furthest event
    } else {
      table.insert(slot, run.ids, run.idAt);
      if (!this.beginsLog) table.setFirst(slot, run.seq, run.prevs, run.prevAt, run.linked, run.entry);
      else if (run.seq !== 1 || run.linked) this.report(run, 0);
    }
    table.setLast(slot, run.lastSeq, run.leaves, run.leafAt);
  }

  private report({ ids, idAt, seq, entry }: Run, before: number): void {
    const asset = uuidText(ids, idAt);
    const next = before + 1;
    const gap = seq - 1 > next ? `events ${next} to ${seq - 1} are missing` : `event ${next} is missing`;
    if (seq > next) this.findings.push({ code: 'EVENT_MISSING', words: `asset ${asset}: ${gap}`, entry, asset, seq: next });
    else if (seq < next) {
      this.findings.push({ code: 'EVENT_TWICE', words: `asset ${asset}: event ${seq} is there twice`, entry, asset, seq });
    } else {
      const words = `asset ${asset}: event ${seq} does not link to ${before === 0 ? 'the beginning' : `event ${before}`}`;
      this.findings.push({ code: 'EVENT_UNLINKED', words, entry, asset, seq });
    }
  }
}
