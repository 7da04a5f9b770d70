import type { Entry } from '@imprimatur/formats/ledger';
import type { EntryId, JsonObject, SubjectId } from '@imprimatur/kernel';

/** What an entry speaks of. For `asset` the ledger adds `seq` and `prev` by itself. */
export interface About {
  readonly kind:
    | 'tenant'
    | 'subject'
    | 'key'
    | 'asset'
    | 'version'
    | 'session'
    | 'turn'
    | 'item'
    | 'mask'
    | 'attempt'
    | 'verdict'
    | 'consent'
    | 'bundle'
    | 'task'
    | 'decision'
    | 'export'
    | 'screening'
    | 'entry'
    | 'access'
    | 'reconciliation'
    | 'hold'
    | 'exception'
    | 'attestation'
    | 'simulation'
    | 'known-picture'
    | 'case'
    | 'terms'
    | 'publication'
    | 'recall'
    | 'training'
    | 'credential'
    | 'grant'
    | 'pin'
    | 'conflict'
    | 'webhook'
    | 'erasure';
  readonly id: string;
}

/** Something personal or confidential: the entry carries only its commitment, the bytes lie beside it, sealed. */
export interface NewPart {
  /** Canonical JSON is made of anything that is not bytes. For a picture hand in the 32 bytes of its SHA-256. */
  readonly value: JsonObject | string | Uint8Array;
  /** Whose erasure destroys it; several: erasing any one does. Empty: lives as long as the tenant's key. */
  readonly subjects: readonly SubjectId[];
}

/** An event about to be written, in the words of the room that owns it. */
export interface NewEvent {
  /** `noun.past-tense`, as declared in the room's `<noun>.events.ts`. */
  readonly type: string;
  readonly about: readonly About[];
  /** Codes, versions, counts: nothing personal, no floats, no picture digests. */
  readonly facts: JsonObject;
  readonly parts?: Readonly<Record<string, NewPart>>;
  /** Of the person who decided it, over the digest of the part `statement`. */
  readonly signature?: NonNullable<Entry['signature']>;
}

export interface AppendedEntry {
  readonly id: EntryId;
  /** RFC 6962 leaf hash of the entry's bytes. */
  readonly leafHash: Uint8Array;
}

/** A stand-alone entry: in the tree, under a signature. */
export interface SignedEntry extends AppendedEntry {
  /** Leaf index. */
  readonly index: number;
  /** The first signed checkpoint that covers it. */
  readonly checkpoint: { readonly size: number; readonly note: string };
}

/** A tenant's log as its readers see it. */
export interface LogView {
  readonly origin: string;
  readonly vkey: string;
  /** Integrated entries. */
  readonly size: number;
  /** The newest signed checkpoint; null: nothing is signed yet. */
  readonly checkpoint: { readonly size: number; readonly note: string } | null;
}

export interface AuditEvent {
  readonly id: EntryId;
  readonly entry: Entry;
  readonly bytes: Uint8Array;
  /** Leaf index; null: not integrated yet. */
  readonly index: number | null;
  /** Where it stands in listings. */
  readonly position: string;
}

export interface EventPage {
  readonly about: About | null;
  readonly first: number;
  /** `position` of the last event before the page. */
  readonly after: string | null;
}
