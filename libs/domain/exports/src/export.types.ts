import type { AssetId, BlobId, EntryId, ExportId, SubjectId, VersionId } from '@imprimatur/kernel';

/** Formats an export can be written and signed in. */
export const EXPORT_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** requested > rendered (the unsigned file exists and its entry is written) > done (signed, read back); failed from either. */
export type ExportState = 'requested' | 'rendered' | 'done' | 'failed';

/** Of an export that is done: the consent to it holds, has ended by itself, or was withdrawn. It only ever gets worse. */
export const EXPORT_STANDINGS = ['valid', 'flagged', 'withdrawn'] as const;
export type ExportStanding = (typeof EXPORT_STANDINGS)[number];

/** Why the policy keeps an export, and what is to be done about it. */
export interface ExportKept {
  readonly reason: string;
  readonly remedy: string;
}

/** How an export ended that will not be done. */
export interface ExportFailure {
  readonly code: string;
  readonly kept?: ExportKept;
  readonly retryAt?: Date | null;
}

/** How much was exported before an export, by its person in the last 24 hours and of its picture ever. */
export interface ExportPace {
  readonly exportsLastDay: number;
  /** When the oldest of those was asked for; null: there is none. */
  readonly oldestOfLastDay: Date | null;
  readonly exportsOfAsset: number;
}

/** auto: what the policy demands to be seen in the picture is drawn into it. none: nothing is; the policy then says whether it may leave. */
export const EXPORT_LABELS = ['auto', 'none'] as const;
export type ExportLabels = (typeof EXPORT_LABELS)[number];

/** Text in the picture. A type, as JSON is kept of it. */
export type DrawnLabel = { readonly text: string; readonly heightPermille: number };

export interface Export {
  readonly id: ExportId;
  readonly version: VersionId;
  readonly asset: AssetId;
  readonly state: ExportState;
  readonly format: ExportFormat;
  /** Longest side in pixels; null: the version's own size. */
  readonly maxSide: number | null;
  readonly labels: ExportLabels;
  readonly requestedBy: SubjectId | null;
  /** Codes of conditions of its approval that whoever asked for it declares to be met. */
  readonly declares: readonly string[];
  readonly createdAt: Date;
  /** What was rendered: set from `rendered` on. */
  readonly rendered: { readonly blob: BlobId; readonly entry: EntryId; readonly label: DrawnLabel | null } | null;
  /** What may leave the house: set when `done`. `releaseIndex` is the leaf of `version.released` in the tenant's log. */
  readonly signed: { readonly blob: BlobId; readonly manifestUrn: string; readonly releaseIndex: string } | null;
  /** Code of what went wrong; null unless it failed. */
  readonly failure: string | null;
  /** What the policy said, where it was the policy that kept it. */
  readonly kept: ExportKept | null;
  /** From when on it may be asked for again; null: nobody knows, or it did not fail. */
  readonly retryAt: Date | null;
  readonly standing: ExportStanding;
  /** Since when it is not valid any more; null: it is. */
  readonly standingSince: Date | null;
  /** Code of why not; null: it is valid. */
  readonly standingCode: string | null;
}
