import { canonicalBytes, canonicalJson, isUuid, type Json, type JsonObject } from '@imprimatur/kernel';

export const ENTRY_BYTES_MAX = 65_535;

/** What an entry speaks of. An asset carries its place in that asset's own history. */
export interface EntryAbout {
  readonly kind: string;
  readonly id: string;
  /** 1, 2, 3 ... per asset; only for `asset`. */
  readonly seq?: number;
  /** base64url leaf hash of the asset's previous entry; null for the first; only for `asset`. */
  readonly prev?: string | null;
}

/** Ledger entry v1: frozen. Later types and facts are added, never changed. */
export interface Entry {
  readonly v: 1;
  readonly id: string;
  /** `noun.past-tense`. */
  readonly type: string;
  /** RFC 3339 with milliseconds and Z. Need not be monotone: the order of the log is its own. */
  readonly at: string;
  readonly tenant: string;
  readonly actor: { readonly kind: 'person' | 'service' | 'system'; readonly ref: string; readonly role: string };
  readonly about: readonly EntryAbout[];
  readonly facts: JsonObject;
  /** base64url commitment by name of the part. */
  readonly parts: Readonly<Record<string, string>>;
  readonly signature?: { readonly kind: 'webauthn' | 'dsse'; readonly over: string; readonly value: string };
}

/** The bytes that are hashed: canonical JSON. Throws RangeError on floats, unsafe integers, and an entry over 65,535 bytes. */
export function entryBytes(entry: Entry): Uint8Array {
  refuseFloats(entry as unknown as Json);
  const bytes = canonicalBytes(entry as unknown as Json);
  if (bytes.length > ENTRY_BYTES_MAX) throw new RangeError(`an entry is at most ${ENTRY_BYTES_MAX} bytes, this one has ${bytes.length}`);
  return bytes;
}

export type ParsedEntry =
  | { readonly status: 'entry'; readonly entry: Entry }
  /** Canonical JSON of another version: reported, not guessed. */
  | { readonly status: 'unknown-version'; readonly version: unknown }
  | { readonly status: 'malformed'; readonly why: string };

/** Reads the bytes of an entry; they must be exactly what `entryBytes` would write. */
export function parseEntry(bytes: Uint8Array): ParsedEntry {
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
    if (canonicalJson(value as Json) !== text) return { status: 'malformed', why: 'not canonical JSON' };
  } catch {
    return { status: 'malformed', why: 'not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { status: 'malformed', why: 'not an object' };
  const { v } = value as { v?: unknown };
  if (v !== 1) return { status: 'unknown-version', version: v };
  return isEntry(value) ? { status: 'entry', entry: value } : { status: 'malformed', why: 'a field is missing or of another kind' };
}

function isEntry(value: object): value is Entry {
  const { id, type, at, tenant, actor, about, facts, parts, signature } = value as Partial<Record<keyof Entry, unknown>>;
  const isText = (candidate: unknown): candidate is string => typeof candidate === 'string';
  const isRecord = (candidate: unknown): candidate is Record<string, unknown> =>
    typeof candidate === 'object' && candidate !== null && !Array.isArray(candidate);
  return (
    isText(id) &&
    isUuid(id) &&
    isText(type) &&
    isText(at) &&
    isText(tenant) &&
    isRecord(actor) &&
    isText(actor.ref) &&
    Array.isArray(about) &&
    about.every((each) => isRecord(each) && isText(each.kind) && isText(each.id)) &&
    isRecord(facts) &&
    isRecord(parts) &&
    Object.values(parts).every(isText) &&
    (signature === undefined || (isRecord(signature) && [signature.kind, signature.over, signature.value].every(isText)))
  );
}

function refuseFloats(value: Json): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`an entry holds whole numbers up to 2^53 only, not ${value}; write larger ones as strings`);
  }
  if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) refuseFloats(each);
}
