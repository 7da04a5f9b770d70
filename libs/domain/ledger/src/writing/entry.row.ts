import type { EntryAbout } from '@imprimatur/formats/ledger';
import type { AssetId, EntryId, SubjectId, TenantId } from '@imprimatur/kernel';

export interface NewPayload {
  readonly part: string;
  /** Whose erasure destroys it. */
  readonly subjects: readonly SubjectId[];
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface NewRow {
  readonly tenant: TenantId;
  readonly id: EntryId;
  readonly type: string;
  readonly at: Date;
  readonly actor: string;
  readonly bytes: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly about: readonly EntryAbout[];
  readonly payloads: readonly NewPayload[];
}

/** Where an asset's next entry stands. */
export interface Head {
  readonly seq: number;
  /** Leaf hash of the asset's previous entry. */
  readonly prev: Uint8Array | null;
}

/** An entry that was made for the head it was believed to follow. */
export interface Guess {
  readonly asset: AssetId;
  readonly head: Head;
}
