import type { AssetId, BlobId, EntryId, ExportId, SubjectId, VersionId } from '@imprimatur/kernel';

/** Formats an export can be written and signed in. */
export const EXPORT_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** requested > rendered (the unsigned file exists and its entry is written) > done (signed, read back); failed from either. */
export type ExportState = 'requested' | 'rendered' | 'done' | 'failed';

/** Of an export that is done: the consent to it holds, has ended by itself, or was withdrawn. It only ever gets worse. */
export const EXPORT_STANDINGS = ['valid', 'flagged', 'withdrawn'] as const;
export type ExportStanding = (typeof EXPORT_STANDINGS)[number];

export interface Export {
  readonly id: ExportId;
  readonly version: VersionId;
  readonly asset: AssetId;
  readonly state: ExportState;
  readonly format: ExportFormat;
  /** Longest side in pixels; null: the version's own size. */
  readonly maxSide: number | null;
  readonly requestedBy: SubjectId | null;
  /** Codes of conditions of its approval that whoever asked for it declares to be met. */
  readonly declares: readonly string[];
  readonly createdAt: Date;
  /** What was rendered: set from `rendered` on. */
  readonly rendered: { readonly blob: BlobId; readonly entry: EntryId } | null;
  /** What may leave the house: set when `done`. `releaseIndex` is the leaf of `version.released` in the tenant's log. */
  readonly signed: { readonly blob: BlobId; readonly manifestUrn: string; readonly releaseIndex: string } | null;
  /** Code of what went wrong; null unless it failed. */
  readonly failure: string | null;
  readonly standing: ExportStanding;
  /** Since when it is not valid any more; null: it is. */
  readonly standingSince: Date | null;
  /** Code of why not; null: it is valid. */
  readonly standingCode: string | null;
}
