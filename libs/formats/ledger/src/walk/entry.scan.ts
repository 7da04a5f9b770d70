import { utf8 } from '@imprimatur/kernel';
import { type Entry, parseEntry } from '../entry.js';
import { ENROLMENT_TYPE } from '../signing/signed.entries.js';
import { AssetPlaces } from './asset-places.js';
import { CanonicalScan, Literal } from './canonical.scan.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_CHARS = 36;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const ASSET = utf8('asset');
const ENROLMENT = utf8(ENROLMENT_TYPE);

const KEYS = {
  about: new Literal('{"about":['),
  aboutId: new Literal('{"id":'),
  aboutKind: new Literal(',"kind":'),
  aboutPrev: new Literal(',"prev":'),
  aboutSeq: new Literal(',"seq":'),
  null: new Literal('null'),
  actor: new Literal('],"actor":{"kind":'),
  actorRef: new Literal(',"ref":'),
  actorRole: new Literal(',"role":'),
  at: new Literal('},"at":'),
  facts: new Literal(',"facts":'),
  id: new Literal(',"id":'),
  parts: new Literal(',"parts":'),
  tenant: new Literal(',"tenant":'),
  type: new Literal(',"type":'),
  version: new Literal(',"v":1}'),
};

export type EntryReading = 'entry' | 'unknown-version' | 'malformed';

/** Reads one entry after the other as `parseEntry` does, with no object per entry. What it found stands in its fields until the next. */
export class EntryScan extends CanonicalScan {
  readonly places = new AssetPlaces();
  /** What is wrong with a malformed entry. */
  why = '';
  private tenantAt = 0;
  private tenantEnd = 0;
  private typeAt = 0;
  private typeEnd = 0;
  private slow: Entry | null = null;

  read(bytes: Uint8Array, start: number, end: number): EntryReading {
    this.places.clear();
    this.slow = null;
    this.begin(bytes, start, end);
    return this.entry() ? 'entry' : this.readSlowly(bytes.subarray(start, end));
  }

  /** Whether the entry that was read is of this tenant: its UUID as bytes of text. */
  isOf(tenant: Uint8Array): boolean {
    if (this.slow) return this.slow.tenant === new TextDecoder().decode(tenant);
    if (this.tenantEnd - this.tenantAt !== tenant.length) return false;
    for (let at = 0; at < tenant.length; at += 1) if (this.bytes[this.tenantAt + at] !== tenant[at]) return false;
    return true;
  }

  /** Whether the entry that was read is signed by a person, or enrols what people sign with. Only the slow way knows signatures. */
  isOfPeople(): boolean {
    if (this.slow) return this.slow.signature !== undefined || this.slow.type === ENROLMENT_TYPE;
    if (this.typeEnd - this.typeAt !== ENROLMENT.length) return false;
    for (let at = 0; at < ENROLMENT.length; at += 1) if (this.bytes[this.typeAt + at] !== ENROLMENT[at]) return false;
    return true;
  }

  /** The fields in the order in which canonical JSON has them; anything more, and anything else, is read slowly. */
  private entry(): boolean {
    if (!this.literal(KEYS.about) || !this.abouts()) return false;
    if (!this.literal(KEYS.actor) || !this.string() || !this.literal(KEYS.actorRef) || !this.string()) return false;
    if (!this.literal(KEYS.actorRole) || !this.string() || !this.literal(KEYS.at) || !this.string()) return false;
    if (!this.literal(KEYS.facts) || !this.object(1, false) || !this.literal(KEYS.id) || !this.id()) return false;
    if (!this.literal(KEYS.parts) || !this.object(1, true) || !this.literal(KEYS.tenant)) return false;
    this.tenantAt = this.at + 1;
    if (!this.string()) return false;
    this.tenantEnd = this.at - 1;
    if (!this.literal(KEYS.type)) return false;
    this.typeAt = this.at + 1;
    if (!this.string()) return false;
    this.typeEnd = this.at - 1;
    return this.literal(KEYS.version) && this.at === this.end;
  }

  private id(): boolean {
    const from = this.at + 1;
    if (!this.string() || this.at - 1 - from !== UUID_CHARS) return false;
    const { bytes } = this;
    // version and variant, as the kernel wants them
    for (let at = 0; at < UUID_CHARS; at += 1) {
      const byte = bytes[from + at] ?? 0;
      if (at === 8 || at === 13 || at === 18 || at === 23) {
        if (byte !== 0x2d) return false;
      } else if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return false;
    }
    const version = bytes[from + 14] ?? 0;
    const variant = bytes[from + 19] ?? 0;
    return version >= 0x31 && version <= 0x38 && (variant === 0x38 || variant === 0x39 || variant === 0x61 || variant === 0x62);
  }

  /** Leaves `at` on the closing bracket. */
  private abouts(): boolean {
    if (this.bytes[this.at] === CLOSE_ARRAY) return true;
    for (;;) {
      if (!this.about()) return false;
      if (this.bytes[this.at] === CLOSE_ARRAY) return true;
      if (!this.skip(COMMA)) return false;
    }
  }

  private about(): boolean {
    if (!this.literal(KEYS.aboutId)) return false;
    const idAt = this.at + 1;
    if (!this.string()) return false;
    const idEnd = this.at - 1;
    if (!this.literal(KEYS.aboutKind)) return false;
    const kindAt = this.at + 1;
    if (!this.string()) return false;
    const isAsset = this.at - 1 - kindAt === ASSET.length && ASSET.every((byte, at) => this.bytes[kindAt + at] === byte);
    return isAsset ? this.asset(idAt, idEnd) : this.skip(CLOSE_OBJECT);
  }

  private asset(idAt: number, idEnd: number): boolean {
    if (!this.literal(KEYS.aboutPrev)) return false;
    let prevAt = -1;
    let prevChars = 0;
    if (!this.literal(KEYS.null)) {
      prevAt = this.at + 1;
      if (!this.string()) return false;
      prevChars = this.at - 1 - prevAt;
    }
    if (!this.literal(KEYS.aboutSeq)) return false;
    const seq = this.integer();
    if (seq < 1) return false;
    return this.places.add(this.bytes, idAt, idEnd - idAt, seq, prevAt, prevChars) && this.skip(CLOSE_OBJECT);
  }

  private readSlowly(bytes: Uint8Array): EntryReading {
    this.places.clear();
    const parsed = parseEntry(bytes);
    this.why = parsed.status === 'malformed' ? parsed.why : '';
    if (parsed.status !== 'entry') return parsed.status;
    this.slow = parsed.entry;
    for (const { kind, id, seq, prev } of parsed.entry.about) {
      if (kind === 'asset' && !this.place(id, seq, prev)) {
        this.why = 'without a readable place in the history of its asset';
        return 'malformed';
      }
    }
    return 'entry';
  }

  private place(id: string, seq: unknown, prev: unknown): boolean {
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return false;
    if (prev !== null && typeof prev !== 'string') return false;
    const text = utf8(`${id}${prev ?? ''}`);
    const idChars = utf8(id).length;
    return this.places.add(text, 0, idChars, seq, prev === null ? -1 : idChars, text.length - idChars);
  }
}

/** Id of the entry, where the bytes let it be read; for words only. */
export function idOf(bytes: Uint8Array): string | undefined {
  try {
    const { id } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly id?: unknown };
    return typeof id === 'string' && UUID.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
