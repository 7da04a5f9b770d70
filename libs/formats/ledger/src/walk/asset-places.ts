// written here: an imported name is looked up at each use, and these are used for every hash
const ID_BYTES = 16;
const HASH_BYTES = 32;
const UUID_CHARS = 36;
const PREV_CHARS = 43;
const WRONG = 255;
const DASH = 45;

const HEX = tableOf('0123456789abcdef');
const BASE64_URL = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

function tableOf(alphabet: string): Uint8Array {
  const table = new Uint8Array(256).fill(WRONG);
  [...alphabet].forEach((char, value) => (table[char.charCodeAt(0)] = value));
  return table;
}

/** The places in assets' histories that one entry takes. One of these serves a whole walk; `clear` begins the next entry. */
export class AssetPlaces {
  count = 0;
  ids = new Uint8Array(ID_BYTES * 8);
  prevs = new Uint8Array(HASH_BYTES * 8);
  readonly seqs: number[] = [];
  /** Whether the place names a leaf before it. */
  readonly linked: boolean[] = [];

  clear(): void {
    this.count = 0;
  }

  /** Takes the UUID at `idAt` and the leaf hash at `prevAt` (-1: none) of `bytes`, both as text. False: one of them is none. */
  add(bytes: Uint8Array, idAt: number, idChars: number, seq: number, prevAt: number, prevChars: number): boolean {
    if ((this.count + 1) * ID_BYTES > this.ids.length) this.grow();
    if (idChars !== UUID_CHARS || !readUuid(bytes, idAt, this.ids, this.count * ID_BYTES)) return false;
    if (prevAt >= 0 && (prevChars !== PREV_CHARS || !readHash(bytes, prevAt, this.prevs, this.count * HASH_BYTES))) return false;
    this.seqs[this.count] = seq;
    this.linked[this.count] = prevAt >= 0;
    this.count += 1;
    return true;
  }

  private grow(): void {
    this.ids = enlarged(this.ids);
    this.prevs = enlarged(this.prevs);
  }
}

/** Twice as large, with the same beginning. */
function enlarged(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

/** A lower-case UUID of 36 characters at `from`, as its 16 bytes. */
function readUuid(bytes: Uint8Array, from: number, out: Uint8Array, to: number): boolean {
  let write = to;
  for (let at = 0; at < UUID_CHARS; at += 2) {
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (bytes[from + at] !== DASH) return false;
      at += 1;
    }
    const high = HEX[bytes[from + at] ?? 0] ?? WRONG;
    const low = HEX[bytes[from + at + 1] ?? 0] ?? WRONG;
    if (high === WRONG || low === WRONG) return false;
    out[write] = high * 16 + low;
    write += 1;
  }
  return true;
}

/** base64url of 32 bytes: 43 characters at `from`, the last of which carries 4 bits. */
function readHash(bytes: Uint8Array, from: number, out: Uint8Array, to: number): boolean {
  let bits = 0;
  let count = 0;
  let write = to;
  for (let at = from; at < from + PREV_CHARS; at += 1) {
    const value = BASE64_URL[bytes[at] ?? 0] ?? WRONG;
    if (value === WRONG) return false;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out[write] = (bits >> count) & 0xff;
    write += 1;
  }
  return (bits & 0b11) === 0;
}

/** 16 bytes at `at` as a UUID's text. */
export function uuidText(ids: Uint8Array, at: number): string {
  const hex = Array.from(ids.subarray(at, at + ID_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
