import { assert, concatBytes, utf8 } from '@imprimatur/kernel';

/** The few CBOR items (RFC 8949) that a COSE signature is made of: definite lengths, shortest heads. */
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
export const CBOR_NULL = Uint8Array.of(0xf6);
/** Tag 18: COSE_Sign1. */
export const TAG_COSE_SIGN1 = Uint8Array.of(0xd2);

function head(major: number, count: number): Uint8Array {
  assert(Number.isSafeInteger(count) && count >= 0 && count < 2 ** 32, 'a CBOR length fits 32 bits');
  const type = major << 5;
  if (count < 24) return Uint8Array.of(type | count);
  if (count < 2 ** 8) return Uint8Array.of(type | 24, count);
  if (count < 2 ** 16) return Uint8Array.of(type | 25, count >>> 8, count & 0xff);
  return Uint8Array.of(type | 26, count >>> 24, (count >>> 16) & 0xff, (count >>> 8) & 0xff, count & 0xff);
}

export function cborInt(value: number): Uint8Array {
  return value >= 0 ? head(0, value) : head(1, -1 - value);
}

export function cborBytes(bytes: Uint8Array): Uint8Array {
  return concatBytes(head(BYTES, bytes.length), bytes);
}

export function cborText(text: string): Uint8Array {
  const bytes = utf8(text);
  return concatBytes(head(TEXT, bytes.length), bytes);
}

export function cborArray(...items: readonly Uint8Array[]): Uint8Array {
  return concatBytes(head(ARRAY, items.length), ...items);
}

/** Entries in the order given. */
export function cborMap(...entries: readonly (readonly [Uint8Array, Uint8Array])[]): Uint8Array {
  return concatBytes(head(MAP, entries.length), ...entries.flat());
}
