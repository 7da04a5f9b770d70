const QUOTE = 0x22;
const BACKSLASH = 0x5c;
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

// one byte in each of the four places of a word
const HIGH_BITS = 0x80808080 | 0;
const ONES = 0x01010101;
const SPACES = 0x20202020;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** ASCII of at least four characters, as the words that are compared with: one for every four bytes, the last one ending with the text. */
export class Literal {
  readonly length: number;
  readonly words: Int32Array;

  constructor(text: string) {
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    this.length = bytes.length;
    this.words = Int32Array.from({ length: Math.ceil(bytes.length / 4) }, (_, at) =>
      view.getInt32(Math.min(at * 4, bytes.length - 4), true),
    );
  }
}

/**
 * Reads canonical JSON (RFC 8785) without making anything of it, several times as fast as parsing and writing it again. Says yes only to
 * what is surely canonical; a no means: look again the slow way.
 */
export class CanonicalScan {
  protected bytes: Uint8Array = new Uint8Array(0);
  protected at = 0;
  protected end = 0;
  /** The same bytes, to be read four at a time. */
  private view: DataView = new DataView(new ArrayBuffer(0));

  /** Points at `bytes[start, end)`. */
  protected begin(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.at = start;
    this.end = end;
  }

  protected literal({ length, words }: Literal): boolean {
    const { view, at } = this;
    const after = at + length;
    if (after > this.end) return false;
    const last = words.length - 1;
    for (let word = 0; word < last; word += 1) if (view.getInt32(at + word * 4, true) !== words[word]) return false;
    if (view.getInt32(after - 4, true) !== words[last]) return false;
    this.at = after;
    return true;
  }

  /** A string of plain ASCII; its characters stand from one behind where it began to one before where `at` is now. */
  protected string(): boolean {
    const { bytes, view, end } = this;
    if (bytes[this.at] !== QUOTE) return false;
    let at = this.at + 1;
    for (const last = end - 4; at <= last; at += 4) {
      const special = specialIn(view.getInt32(at, true));
      if (special === 0) continue;
      // the lowest mark is a true one: only bytes above it may be marked wrongly
      at += (31 - Math.clz32(special & -special)) >> 3;
      if (bytes[at] !== QUOTE) return false;
      this.at = at + 1;
      return true;
    }
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.at = at + 1;
        return true;
      }
      if (byte < 0x20 || byte >= 0x80 || byte === BACKSLASH) return false;
    }
    return false;
  }

  protected value(depth: number): boolean {
    const first = this.bytes[this.at] ?? 0;
    if (first === QUOTE) return this.string();
    if (first <= NINE) return this.integer() > NO_INTEGER;
    if (first === OPEN_OBJECT) return this.object(depth, false);
    if (first === OPEN_ARRAY) return this.array(depth);
    return this.literal(first === 0x74 ? TRUE : first === 0x66 ? FALSE : NULL);
  }

  /** A whole number of at most 15 digits as canonical JSON writes it; else NO_INTEGER. */
  protected integer(): number {
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
    if (digits === 0 || digits > DIGITS_MAX || (bytes[from] === ZERO && (digits > 1 || isNegative))) return NO_INTEGER;
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
    let before = -1;
    for (;;) {
      const nameAt = this.at;
      if (!this.string()) return false;
      if (before >= 0 && !this.ascends(before, nameAt)) return false;
      before = nameAt;
      if (!this.skip(COLON) || !(onlyStrings ? this.string() : this.value(depth + 1))) return false;
      if (this.skip(COMMA)) continue;
      return this.skip(CLOSE_OBJECT);
    }
  }

  protected skip(byte: number): boolean {
    if (this.bytes[this.at] !== byte || this.at >= this.end) return false;
    this.at += 1;
    return true;
  }

  /** Whether the name at `b` comes after the one at `a`; both begin and end with the only quotes in them. */
  private ascends(a: number, b: number): boolean {
    const { bytes } = this;
    for (let at = 1; ; at += 1) {
      const [inA, inB] = [bytes[a + at] ?? 0, bytes[b + at] ?? 0];
      if (inB === QUOTE) return false; // the second is the first, or its beginning
      if (inA !== inB) return inA === QUOTE || inA < inB;
    }
  }
}

/** Below every whole number of 15 digits. */
export const NO_INTEGER = Number.MIN_SAFE_INTEGER;

/** Not 0 when one of the four bytes does not stand for itself in a string: below a space, a quote, a backslash, or no ASCII. */
function specialIn(word: number): number {
  return (word | (word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES)) & HIGH_BITS;
}

const TRUE = new Literal('true');
const FALSE = new Literal('false');
const NULL = new Literal('null');
