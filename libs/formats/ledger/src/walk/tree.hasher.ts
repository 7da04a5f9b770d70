import type { Sha256 } from '@imprimatur/kernel';
import { TILE_WIDTH } from '@imprimatur/formats/merkle';

// written here: an imported name is looked up at each use, and these are used for every hash
const HASH_BYTES = 32;

/** SHA-256 of `bytes`, written to `out` from `at` on. What a walk of millions of entries needs: no object per hash. */
export type HashInto = (bytes: Uint8Array, out: Uint8Array, at: number) => void;

/** For whoever has no faster one. */
export function hashIntoOf(sha256: Sha256): HashInto {
  return (bytes, out, at) => out.set(sha256(bytes), at);
}

const PAIR_BYTES = 1 + 2 * HASH_BYTES;
const NODE = 1;

/** Roots over the hashes of one tile. Both children of a node lie side by side behind their 0x01, so that nothing is copied per node. */
export class TreeHasher {
  private readonly row = new Uint8Array((TILE_WIDTH / 2) * PAIR_BYTES);
  private readonly pairs = Array.from({ length: TILE_WIDTH / 2 }, (_, at) => this.row.subarray(at * PAIR_BYTES, (at + 1) * PAIR_BYTES));
  private readonly single = new Uint8Array(PAIR_BYTES);

  constructor(private readonly hashInto: HashInto) {
    for (const pair of this.pairs) pair[0] = NODE;
    this.single[0] = NODE;
  }

  /** RFC 6962 root of the first `count` (1 to 256) hashes, all of one height, and of `rest`: the root of whatever lower tree follows them. */
  root(hashes: Uint8Array, count: number, rest: Uint8Array | null): Uint8Array {
    this.load(hashes, count);
    let right = rest;
    for (let width = count; width > 0;) {
      if (width % 2 === 1) right = right ? this.join(this.slot(width - 1), right) : this.slot(width - 1).slice();
      width = (width - (width % 2)) / 2;
      for (let at = 0; at < width; at += 1) this.hashInto(this.pair(at), this.row, offsetOf(at));
    }
    return right ?? new Uint8Array(HASH_BYTES);
  }

  private load(hashes: Uint8Array, count: number): void {
    for (let at = 0, from = 0; at < count; at += 1) {
      const to = offsetOf(at);
      for (let byte = 0; byte < HASH_BYTES; byte += 1, from += 1) this.row[to + byte] = hashes[from] ?? 0;
    }
  }

  private join(left: Uint8Array, right: Uint8Array): Uint8Array {
    this.single.set(left, 1);
    this.single.set(right, 1 + HASH_BYTES);
    const node = new Uint8Array(HASH_BYTES);
    this.hashInto(this.single, node, 0);
    return node;
  }

  private slot(at: number): Uint8Array {
    return this.row.subarray(offsetOf(at), offsetOf(at) + HASH_BYTES);
  }

  private pair(at: number): Uint8Array {
    return this.pairs[at] ?? this.single;
  }
}

function offsetOf(slot: number): number {
  return (slot >> 1) * PAIR_BYTES + 1 + (slot & 1) * HASH_BYTES;
}
