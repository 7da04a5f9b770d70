import type { EntryId, ExportId, PublicationId, SubjectId } from '@imprimatur/kernel';

/** Where and when an export was published, as somebody registered it. Never changed; it is ended when it was taken down. */
export interface Publication {
  readonly id: PublicationId;
  readonly export: ExportId;
  readonly channel: string;
  /** http or https. */
  readonly url: string;
  readonly publishedAt: Date;
  /** Whether the published file is the signed one, byte for byte; null: nobody gave its digest. */
  readonly isSameFile: boolean | null;
  /** Entry of the ledger that commits to the digest. */
  readonly entry: EntryId;
  readonly registeredBy: SubjectId | null;
  readonly registeredAt: Date;
  /** When it was taken down; null: it still stands. */
  readonly ended: { readonly by: SubjectId | null; readonly at: Date } | null;
}

export interface NewPublication {
  readonly channel: string;
  readonly url: string;
  readonly publishedAt: Date;
  /** SHA-256 of the file as it was published, 32 bytes; null: not known. */
  readonly sha256: Uint8Array | null;
}

/** What a publication is registered of: a finished export, and the digest of its signed file. */
export interface PublishedFile {
  readonly export: ExportId;
  /** Null: it was erased. */
  readonly sha256: Uint8Array | null;
}

export interface PublicationPage {
  /** Null: of every export. */
  readonly export: ExportId | null;
  readonly standingOnly: boolean;
  readonly first: number;
  readonly after: string | null;
}
