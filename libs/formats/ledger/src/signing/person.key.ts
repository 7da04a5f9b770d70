import { toBase64Url } from '@imprimatur/kernel';

/** COSE algorithms that a verifier of ours knows: ES256, EdDSA with Ed25519, RS256. */
export const PERSON_ALGORITHMS = [-7, -8, -257] as const;

/** A person's public key, as JWK has it: Node's and every browser's own cryptography read that. */
export type PersonKey =
  | { readonly alg: 'ES256'; readonly jwk: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string } }
  | { readonly alg: 'EdDSA'; readonly jwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string } }
  | { readonly alg: 'RS256'; readonly jwk: { readonly kty: 'RSA'; readonly n: string; readonly e: string } };

const MAP = 5;
const TEXT = 3;
const BYTES = 2;
const NEGATIVE = 1;
const UNSIGNED = 0;
const COORDINATE_BYTES = 32;

/** Reads a COSE_Key (RFC 9052), the one flat CBOR map that WebAuthn has public keys in; null for anything else. */
export function readPersonKey(cose: Uint8Array): PersonKey | null {
  const fields = readMap(cose);
  if (!fields) return null;
  const bytes = (label: number): Uint8Array | null => {
    const value = fields.get(label);
    return value instanceof Uint8Array ? value : null;
  };
  const [kty, alg, crv, x, y] = [fields.get(1), fields.get(3), fields.get(-1), bytes(-2), bytes(-3)];
  if (kty === 2 && alg === -7 && crv === 1 && x?.length === COORDINATE_BYTES && y?.length === COORDINATE_BYTES)
    return { alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: toBase64Url(x), y: toBase64Url(y) } };
  if (kty === 1 && alg === -8 && crv === 6 && x?.length === COORDINATE_BYTES)
    return { alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(x) } };
  const n = bytes(-1);
  if (kty === 3 && alg === -257 && n && x) return { alg: 'RS256', jwk: { kty: 'RSA', n: toBase64Url(n), e: toBase64Url(x) } };
  return null;
}

/** Values by their whole-number labels; the bytes must end with the map. */
function readMap(cbor: Uint8Array): ReadonlyMap<number, number | Uint8Array> | null {
  const reader = new CborReader(cbor);
  const head = reader.head();
  if (head?.major !== MAP) return null;
  const fields = new Map<number, number | Uint8Array>();
  for (let at = 0; at < head.argument; at += 1) {
    const label = reader.value();
    const value = reader.value();
    if (typeof label !== 'number' || value === null || fields.has(label)) return null;
    fields.set(label, value);
  }
  return reader.isAtEnd ? fields : null;
}

class CborReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** Null: cut off, or a form that a key has no need of. */
  head(): { readonly major: number; readonly argument: number } | null {
    const first = this.bytes[this.at];
    if (first === undefined) return null;
    this.at += 1;
    const [major, short] = [first >> 5, first & 0x1f];
    if (short < 24) return { major, argument: short };
    const length = short === 24 ? 1 : short === 25 ? 2 : 0;
    if (length === 0 || this.at + length > this.bytes.length) return null;
    let argument = 0;
    for (let read = 0; read < length; read += 1) argument = argument * 256 + (this.bytes[this.at + read] ?? 0);
    this.at += length;
    return { major, argument };
  }

  value(): number | Uint8Array | null {
    const head = this.head();
    if (!head) return null;
    if (head.major === UNSIGNED) return head.argument;
    if (head.major === NEGATIVE) return -1 - head.argument;
    if (head.major !== BYTES && head.major !== TEXT) return null;
    const end = this.at + head.argument;
    if (end > this.bytes.length) return null;
    const value = this.bytes.subarray(this.at, end);
    this.at = end;
    return value;
  }
}
