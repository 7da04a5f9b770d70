import { concatBytes, type Sha256 } from '@imprimatur/kernel';

export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). 32 bytes. */
export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, entry));
}

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). 32 bytes. */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

/** Root of the tree without entries: SHA-256 of nothing. */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}
