import { assert, equalBytes, type Sha256 } from '@imprimatur/kernel';
import { emptyRoot, nodeHash } from './hash.js';

/** Where a proof's hashes come from: the root of the perfect subtree `index` of `level`. */
export type HashSource = (level: number, index: number) => Uint8Array;

/** A perfect subtree that a proof will ask for. */
export interface NodeRef {
  readonly level: number;
  readonly index: number;
}

/** Every perfect subtree that `make` reads, so that they can be fetched in one query before the proof is made. */
export function nodesRead(make: (get: HashSource) => unknown): readonly NodeRef[] {
  const read: NodeRef[] = [];
  make((level, index) => {
    read.push({ level, index });
    return new Uint8Array(32);
  });
  return read;
}

/** RFC 6962 section 2.1.1: the audit path of leaf `index` in the tree of `size` leaves, from the leaf up. */
export function inclusionProof(sha256: Sha256, get: HashSource, index: number, size: number): readonly Uint8Array[] {
  assert(index >= 0 && index < size, 'the leaf is in the tree');
  const path = (low: number, high: number): Uint8Array[] => {
    if (high - low === 1) return [];
    const split = low + splitOf(high - low);
    return index < split
      ? [...path(low, split), rangeRoot(sha256, get, split, high)]
      : [...path(split, high), rangeRoot(sha256, get, low, split)];
  };
  return path(0, size);
}

/** RFC 6962 section 2.1.2: that the tree of `size` leaves begins with the tree of `oldSize` leaves. Empty for 0 and for the same size. */
export function consistencyProof(sha256: Sha256, get: HashSource, oldSize: number, size: number): readonly Uint8Array[] {
  assert(oldSize >= 0 && oldSize <= size, 'the old tree is not larger than the new one');
  const proof = (old: number, low: number, high: number, whole: boolean): Uint8Array[] => {
    if (old === high - low) return whole ? [] : [rangeRoot(sha256, get, low, high)];
    const split = splitOf(high - low);
    return old <= split
      ? [...proof(old, low, low + split, whole), rangeRoot(sha256, get, low + split, high)]
      : [...proof(old - split, low + split, high, false), rangeRoot(sha256, get, low, low + split)];
  };
  return oldSize === 0 || oldSize === size ? [] : proof(oldSize, 0, size, true);
}

/** RFC 9162 section 2.1.3.2. False for anything that is not exactly the audit path of this leaf under this root. */
export function verifyInclusion(
  sha256: Sha256,
  claim: {
    readonly leaf: Uint8Array;
    readonly index: number;
    readonly size: number;
    readonly root: Uint8Array;
    readonly proof: readonly Uint8Array[];
  },
): boolean {
  const { leaf, index, size, root, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== 32) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sha256, sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(hash, root);
}

/** RFC 9162 section 2.1.4.2. An empty tree is consistent with any other; a tree with itself, by an empty proof. */
export function verifyConsistency(
  sha256: Sha256,
  claim: {
    readonly oldSize: number;
    readonly oldRoot: Uint8Array;
    readonly size: number;
    readonly root: Uint8Array;
    readonly proof: readonly Uint8Array[];
  },
): boolean {
  const { oldSize, oldRoot, size, root, proof } = claim;
  if (!isCount(oldSize) || !isCount(size) || oldSize > size || proof.some((hash) => hash.length !== 32)) return false;
  if (oldSize === 0) return proof.length === 0 && equalBytes(oldRoot, emptyRoot(sha256));
  if (oldSize === size) return proof.length === 0 && equalBytes(oldRoot, root);
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (!first) return false;
  let node = oldSize - 1;
  let last = size - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let oldHash = first;
  let hash = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sha256, sibling, oldHash);
      hash = nodeHash(sha256, sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(oldHash, oldRoot) && equalBytes(hash, root);
}

/** Root over leaves [low, high), from perfect subtrees. */
function rangeRoot(sha256: Sha256, get: HashSource, low: number, high: number): Uint8Array {
  const width = high - low;
  if (isPowerOfTwo(width)) return get(Math.log2(width), low / width);
  const split = splitOf(width);
  // both sides are always read, so that `nodesRead` sees the same nodes as the proof itself
  const left = rangeRoot(sha256, get, low, low + split);
  return nodeHash(sha256, left, rangeRoot(sha256, get, low + split, high));
}

/** The largest power of two below `width`. */
function splitOf(width: number): number {
  let split = 1;
  while (split * 2 < width) split *= 2;
  return split;
}

const half = (value: number): number => Math.floor(value / 2);
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isPowerOfTwo = (value: number): boolean => value === 2 ** Math.round(Math.log2(value));
