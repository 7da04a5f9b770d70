// written here: an imported name is looked up at each use, and these are used for every hash
const ID_BYTES = 16;
const HASH_BYTES = 32;
const CAPACITY_MIN = 1024;
/** A stretch of 16,384 entries, each about an asset of its own, fits without growing. */
const CAPACITY_OF_STRETCH = 32_768;
const LOAD_MAX = 0.6;

/** The arrays of a table: they travel between threads without a copy. `seqs` of 0 is an empty slot. */
export interface TrailArrays {
  readonly count: number;
  readonly ids: Uint8Array<ArrayBuffer>;
  readonly seqs: Float64Array<ArrayBuffer>;
  readonly leaves: Uint8Array<ArrayBuffer>;
  readonly firsts: FirstArrays;
}

/** How each asset's events begin; without length where the table begins with the log. */
interface FirstArrays {
  readonly seqs: Float64Array<ArrayBuffer>;
  readonly prevs: Uint8Array<ArrayBuffer>;
  readonly linked: Uint8Array<ArrayBuffer>;
  readonly entries: Float64Array<ArrayBuffer>;
}

/**
 * Where each asset's history stands after a stretch of the log: its last seq and that event's leaf, and where the stretch is not the
 * log's beginning, how it began. A hash table in typed arrays, because a log may know millions of assets.
 */
export class TrailTable {
  count = 0;
  private capacity: number;
  private ids: Uint8Array<ArrayBuffer>;
  private seqs: Float64Array<ArrayBuffer>;
  private leaves: Uint8Array<ArrayBuffer>;
  private firsts: FirstArrays;

  constructor(private readonly keepsFirsts: boolean) {
    this.capacity = keepsFirsts ? CAPACITY_OF_STRETCH : CAPACITY_MIN;
    this.ids = new Uint8Array(this.capacity * ID_BYTES);
    this.seqs = new Float64Array(this.capacity);
    this.leaves = new Uint8Array(this.capacity * HASH_BYTES);
    this.firsts = firstArrays(keepsFirsts ? this.capacity : 0);
  }

  /** The slot of the asset; `seqAt` of it is 0 when the asset is new. */
  slotOf(ids: Uint8Array, at: number): number {
    const mask = this.capacity - 1;
    let slot = mixOf(ids, at) & mask;
    while (this.seqs[slot] !== 0 && !isSame(this.ids, slot * ID_BYTES, ids, at, ID_BYTES)) slot = (slot + 1) & mask;
    return slot;
  }

  seqAt(slot: number): number {
    return this.seqs[slot] ?? 0;
  }

  isLeafAt(slot: number, hashes: Uint8Array, at: number): boolean {
    return isSame(this.leaves, slot * HASH_BYTES, hashes, at, HASH_BYTES);
  }

  /** A new asset in the empty slot that `slotOf` answered. */
  insert(slot: number, ids: Uint8Array, at: number): void {
    copyInto(this.ids, slot * ID_BYTES, ids, at, ID_BYTES);
    this.count += 1;
  }

  setFirst(slot: number, seq: number, prevs: Uint8Array, prevAt: number, isLinked: boolean, entry: number): void {
    this.firsts.seqs[slot] = seq;
    this.firsts.linked[slot] = isLinked ? 1 : 0;
    this.firsts.entries[slot] = entry;
    copyInto(this.firsts.prevs, slot * HASH_BYTES, prevs, prevAt, HASH_BYTES);
  }

  setLast(slot: number, seq: number, leaves: Uint8Array, leafAt: number): void {
    this.seqs[slot] = seq;
    copyInto(this.leaves, slot * HASH_BYTES, leaves, leafAt, HASH_BYTES);
    if (this.count > this.capacity * LOAD_MAX) this.grow();
  }

  arrays(): TrailArrays {
    return { count: this.count, ids: this.ids, seqs: this.seqs, leaves: this.leaves, firsts: this.firsts };
  }

  private grow(): void {
    const old = this.arrays();
    this.capacity *= 2;
    this.ids = new Uint8Array(this.capacity * ID_BYTES);
    this.seqs = new Float64Array(this.capacity);
    this.leaves = new Uint8Array(this.capacity * HASH_BYTES);
    this.firsts = firstArrays(this.keepsFirsts ? this.capacity : 0);
    for (let from = 0; from < old.seqs.length; from += 1) {
      const seq = old.seqs[from] ?? 0;
      if (seq === 0) continue;
      const slot = this.slotOf(old.ids, from * ID_BYTES);
      copyInto(this.ids, slot * ID_BYTES, old.ids, from * ID_BYTES, ID_BYTES);
      copyInto(this.leaves, slot * HASH_BYTES, old.leaves, from * HASH_BYTES, HASH_BYTES);
      this.seqs[slot] = seq;
      const { firsts } = old;
      if (this.keepsFirsts)
        this.setFirst(slot, firsts.seqs[from] ?? 0, firsts.prevs, from * HASH_BYTES, firsts.linked[from] === 1, firsts.entries[from] ?? 0);
    }
  }
}

function firstArrays(capacity: number): FirstArrays {
  return {
    seqs: new Float64Array(capacity),
    prevs: new Uint8Array(capacity * HASH_BYTES),
    linked: new Uint8Array(capacity),
    entries: new Float64Array(capacity),
  };
}

/** From the second half of the id, which is random in a UUIDv7. */
function mixOf(ids: Uint8Array, at: number): number {
  let mixed = 0;
  for (let byte = 8; byte < ID_BYTES; byte += 1) mixed = Math.imul(mixed ^ (ids[at + byte] ?? 0), 0x01000193);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

export function isSame(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (a[aAt + at] !== b[bAt + at]) return false;
  return true;
}

function copyInto(to: Uint8Array, toAt: number, from: Uint8Array, fromAt: number, length: number): void {
  for (let at = 0; at < length; at += 1) to[toAt + at] = from[fromAt + at] ?? 0;
}
