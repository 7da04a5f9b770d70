import type { AssetId, BlobId, CaseId, DecisionId, ItemId, Json, JsonObject, SubjectId, TurnId, VersionId } from '@imprimatur/kernel';

/** Bytes kept sealed, each under a data key of its own. */
export interface Blob {
  readonly id: BlobId;
  /** 32 bytes, of the bytes before sealing; null once they were erased. */
  readonly sha256: Uint8Array | null;
  readonly sizeBytes: number;
  /** `jpeg`, `png`, `json`: what the bytes are. */
  readonly format: string;
  /** Whose erasure destroys it; any one of them. */
  readonly subjects: readonly SubjectId[];
  readonly createdAt: Date;
}

export const RIGHTS_DECLARATIONS = ['owned', 'licensed', 'unknown'] as const;
export type RightsDeclaration = (typeof RIGHTS_DECLARATIONS)[number];

/** Who may use the picture and for what, as its uploader says, or as was recorded since. */
export interface AssetRights {
  readonly declared: RightsDeclaration;
  /** The licence in the uploader's words; null when none was given. */
  readonly licence: string | null;
  /** Null: nobody said. */
  readonly owner: string | null;
  /** Where the licence allows it; null: in any. */
  readonly channels: readonly string[] | null;
  /** ISO 3166 codes; null: everywhere. */
  readonly territories: readonly string[] | null;
  /** When the licence ends; null: it does not. */
  readonly validUntil: Date | null;
  /** Whether machines may use it. */
  readonly aiTraining: 'allowed' | 'prohibited' | 'unspecified';
}

/** What was read from the uploaded file: plain data that may say more than this. The caller inspects it (platform/images), off the event loop. */
export interface PictureFacts {
  readonly format: string;
  /** Pixels, orientation applied. */
  readonly width: number;
  readonly height: number;
}

/** A picture and every version made from it. */
export interface Asset {
  readonly id: AssetId;
  readonly name: string;
  readonly facts: PictureFacts & JsonObject;
  readonly rights: AssetRights;
  /** What an existing C2PA manifest said at upload; null: there was none. */
  readonly c2pa: JsonObject | null;
  readonly versionCount: number;
  readonly uploadedBy: SubjectId | null;
  readonly createdAt: Date;
  /** When the last of its pictures was erased, and its name and facts with it; null: it was not. */
  readonly erasedAt: Date | null;
}

export const VERSION_ORIGINS = ['upload', 'turn', 'rollback'] as const;
export type VersionOrigin = (typeof VERSION_ORIGINS)[number];

/** One immutable state of an asset; together they form a tree. */
export interface Version {
  readonly id: VersionId;
  readonly asset: AssetId;
  /** 1, 2, 3 ... per asset. */
  readonly number: number;
  /** What it was made from; null for the upload, and for it only. */
  readonly parent: VersionId | null;
  readonly origin: VersionOrigin;
  readonly format: string;
  /** Pixels, orientation applied. */
  readonly width: number;
  readonly height: number;
  readonly blob: BlobId;
  /** SHA-256 of its bytes, 32 bytes; null once they were erased. */
  readonly sha256: Uint8Array | null;
  readonly sizeBytes: number;
  /** The turn's item that made it; null for an upload. */
  readonly item: ItemId | null;
  readonly createdBy: SubjectId | null;
  readonly createdAt: Date;
  /** When it was released for export; null: not released, or blocked since. */
  readonly releasedAt: Date | null;
  /** When consent or the right to it was withdrawn; null: not blocked. */
  readonly blockedAt: Date | null;
  /** When its bytes were destroyed; null: they were not. */
  readonly erasedAt: Date | null;
  /** The case for which it is kept from everybody; null: it is not in quarantine. */
  readonly quarantine: CaseId | null;
}

/** A picture as editing wants it handed over: which version a turn starts from, and its size in pixels. */
export interface Target {
  readonly asset: AssetId;
  readonly version: VersionId;
  readonly width: number;
  readonly height: number;
}

export interface Upload {
  /** The file, byte for byte. */
  readonly bytes: Uint8Array;
  /** 1 to 200 characters. */
  readonly name: string;
  readonly facts: PictureFacts;
  readonly rights: {
    readonly declared: RightsDeclaration;
    readonly licence?: string | null;
    readonly aiTraining?: AssetRights['aiTraining'];
  };
  readonly c2pa: JsonObject | null;
  /** People known to be in it, whose erasure destroys it. */
  readonly subjects?: readonly SubjectId[];
}

export interface NewVersion {
  readonly asset: AssetId;
  readonly parent: VersionId;
  /** Stored before, in the same transaction or an earlier one. */
  readonly blob: BlobId;
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly origin: Exclude<VersionOrigin, 'upload'>;
  readonly item: ItemId | null;
  /** What was done to the parent, in order; it may repeat words of the prompt, so it is kept sealed. */
  readonly operations: readonly Json[];
  /** Whose erasure destroys the operations: who asked for them. */
  readonly subjects?: readonly SubjectId[];
}

/** On what grounds a version may leave the house. */
export interface ReleaseGrounds {
  readonly turn: TurnId;
  readonly item: ItemId;
  /** People's decisions that it rests on; none: policy let it through without a human. */
  readonly decisions: readonly DecisionId[];
  /** Bundle, rule, number of approvals: codes, versions and counts only. */
  readonly facts: JsonObject;
}

/** Where a page begins and how long it is. */
export interface Slice {
  readonly first: number;
  /** Key of the last row of the page before (an id; of versions the number, in decimal); null: from the start. */
  readonly after: string | null;
}

/** What a scrub of one page of blobs found. */
export interface ScrubReport {
  readonly checked: number;
  /** Of them, destroyed by erasure: nothing to check. */
  readonly erased: number;
  readonly broken: readonly { readonly blob: BlobId; readonly code: 'BLOB_CORRUPT' | 'BLOB_MISSING' }[];
  /** `after` of the next page; null: that was the last one. */
  readonly next: string | null;
}
