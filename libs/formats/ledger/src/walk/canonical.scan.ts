const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const DIGITS_MAX = 15;
const DEPTH_MAX = 32;

/** 1 for every byte that stands for itself in a string of canonical JSON. Escapes and what is not ASCII are left to the slow way. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== 0x5c ? 1 : 0));

/**
 * Reads canonical JSON (RFC 8785) without making anything of it, several times as fast as parsing and writing it again. Says yes only to
 * what is surely canonical; a no means: look again the slow way.
 */
export class CanonicalScan {
  protected bytes: Uint8Array = new Uint8Array(0);
  protected at = 0;
  protected end = 0;

  /** Points at `bytes[start, end)`. */
  protected begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  protected literal(text: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + text.length > this.end) return false;
    for (let place = 0; place < text.length; place += 1) if (bytes[at + place] !== text[place]) return false;
    this.at = at + text.length;
    return true;
  }

  /** A string of plain ASCII; its characters stand from one behind where it began to one before where `at` is now. */
  protected string(): boolean {
    const { bytes, end } = this;
    if (bytes[this.at] !== QUOTE) return false;
    let at = this.at + 1;
    // behind the end stand bytes of the next entry: the bound is asked once, when something that is not plain comes
    while (PLAIN[bytes[at] ?? 0] === 1) at += 1;
    if (at >= end || bytes[at] !== QUOTE) return false;
    this.at = at + 1;
    return true;
  }

  protected value(depth: number): boolean {
    const first = this.bytes[this.at];
    if (first === QUOTE) return this.string();
    if (first === OPEN_OBJECT) return this.object(depth, false);
    if (first === OPEN_ARRAY) return this.array(depth);
    if (first === 0x74) return this.literal(TRUE);
    if (first === 0x66) return this.literal(FALSE);
    if (first === 0x6e) return this.literal(NULL);
    return this.integer() !== null;
  }

  /** A whole number of at most 15 digits as canonical JSON writes it. */
  protected integer(): number | null {
    const { bytes, end } = this;
    const isNegative = bytes[this.at] === MINUS;
    const from = isNegative ? this.at + 1 : this.at;
    let at = from;
    let value = 0;
    for (; at < end; at += 1) {
      const digit = bytes[at] ?? 0;
      if (digit < ZERO || digit > NINE) break;
      value = value * 10 + digit - ZERO;
    }
    const digits = at - from;
    if (digits === 0 || digits > DIGITS_MAX || (bytes[from] === ZERO && (digits > 1 || isNegative))) return null;
    this.at = at;
    return isNegative ? -value : value;
  }

  protected array(depth: number): boolean {
    if (depth >= DEPTH_MAX) return false;
    this.at += 1;
    if (this.skip(CLOSE_ARRAY)) return true;
    while (this.value(depth + 1)) {
      if (this.skip(CLOSE_ARRAY)) return true;
      if (!this.skip(COMMA)) return false;
    }
    return false;
  }

  /** An object whose names ascend; with `onlyStrings` its values are strings. */
  protected object(depth: number, onlyStrings: boolean): boolean {
    if (depth >= DEPTH_MAX || !this.skip(OPEN_OBJECT)) return false;
    if (this.skip(CLOSE_OBJECT)) return true;
    let beforeAt = -1;
    let beforeEnd = -1;
    for (;;) {
      const nameAt = this.at + 1;
      if (!this.string()) return false;
      const nameEnd = this.at - 1;
      if (beforeAt >= 0 && !this.ascends(beforeAt, beforeEnd, nameAt, nameEnd)) return false;
      if (!this.skip(COLON) || !(onlyStrings ? this.string() : this.value(depth + 1))) return false;
      if (this.skip(CLOSE_OBJECT)) return true;
      if (!this.skip(COMMA)) return false;
      beforeAt = nameAt;
      beforeEnd = nameEnd;
    }
  }

  protected skip(byte: number): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  private ascends(aAt: number, aEnd: number, bAt: number, bEnd: number): boolean {
    const { bytes } = this;
    for (let at = 0; ; at += 1) {
      if (bAt + at >= bEnd) return false; // the second is the first, or its beginning
      if (aAt + at >= aEnd) return true;
      const difference = (bytes[bAt + at] ?? 0) - (bytes[aAt + at] ?? 0);
      if (difference !== 0) return difference > 0;
    }
  }
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const TRUE = ascii('true');
const FALSE = ascii('false');
const NULL = ascii('null');
