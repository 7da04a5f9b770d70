import type { Sha256 } from '@imprimatur/kernel';

export const HASH_BYTES = 32;
const LEAF = 0;
const NODE = 1;

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). 32 bytes. */
export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + entry.length);
  bytes[0] = LEAF;
  bytes.set(entry, 1);
  return sha256(bytes);
}

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). 32 bytes. */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + left.length + right.length); // proofs are made of thousands of these: no list of parts
  bytes[0] = NODE;
  bytes.set(left, 1);
  bytes.set(right, 1 + left.length);
  return sha256(bytes);
}

/** Root of the tree without entries: SHA-256 of nothing. */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}
