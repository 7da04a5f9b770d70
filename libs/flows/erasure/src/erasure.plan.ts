import { createHash } from 'node:crypto';
import type { PictureCopy } from '@imprimatur/domain/assets';
import type { PayloadCopy } from '@imprimatur/domain/ledger';
import type { Erasure, HoldTarget, LegalHold, RetentionClass } from '@imprimatur/domain/retention';
import {
  type AssetId,
  type BlobId,
  canonicalBytes,
  type ExportId,
  type JsonObject,
  type SubjectId,
  toHex,
  type VersionId,
} from '@imprimatur/kernel';

/** Where something of a person lies. */
export const COPY_KINDS = [
  'key',
  'person',
  'login',
  'original',
  'derivative',
  'thumbnail',
  'export',
  'fingerprint',
  'screening',
  'mask',
  'consent-notice',
  'consent-evidence',
  'prompt',
  'verdict',
  'review-digest',
  'attempt-digest',
  'asset-name',
  'session-name',
  'ledger-payload',
  'request-digest',
  'lookalike',
  'consent-record',
  'ledger-entry',
  'job',
] as const;
export type CopyKind = (typeof COPY_KINDS)[number];

/** destroy-key: nothing under it opens any more. delete: the row or the bytes go. redact: the row stays, what it says goes. keep: it stays. */
export type CopyAction = 'destroy-key' | 'delete' | 'redact' | 'keep';

export interface CopyGroup {
  readonly kind: CopyKind;
  readonly action: CopyAction;
  /** Ids of the copies, in a fixed order. */
  readonly ids: readonly string[];
  /** In which rules of retention they fall, and the date of the youngest. */
  readonly kept: { readonly class: RetentionClass; readonly newest: Date } | null;
  readonly note: string;
}

/** Somebody else who loses something too. */
export interface AffectedPerson {
  readonly subject: SubjectId;
  readonly versions: readonly VersionId[];
}

/** Why it may not be destroyed yet. */
export interface Duty {
  readonly class: RetentionClass;
  readonly basis: string;
  readonly until: Date;
}

/** A file that left the house. */
export interface Download {
  readonly export: ExportId;
  /** Pseudonym of who took it. */
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What is destroyed of a set of pictures, besides the pictures. */
export interface PlannedWork {
  readonly versions: readonly PictureCopy[];
  readonly blobs: readonly BlobId[];
  /** Every asset that loses a picture. */
  readonly assets: readonly AssetId[];
  readonly emptied: readonly AssetId[];
  readonly payloads: readonly PayloadCopy[];
}

export interface ErasurePlan {
  readonly subject: SubjectId;
  /** Pseudonym. */
  readonly ref: string;
  /** SHA-256 of what would be destroyed, 32 bytes: the agreement names it. */
  readonly digest: Uint8Array;
  readonly groups: readonly CopyGroup[];
  readonly affected: readonly AffectedPerson[];
  readonly holds: readonly LegalHold[];
  readonly duties: readonly Duty[];
  readonly downloads: readonly Download[];
  readonly isLastAdministrator: boolean;
  /** It was done already. */
  readonly erasure: Erasure | null;
  readonly work: PlannedWork;
  /** What a hold on would forbid it. */
  readonly targets: readonly HoldTarget[];
}

/** Not part of what is agreed to: they come and go with every request. */
const VOLATILE: readonly CopyKind[] = ['request-digest', 'job'];

export function planDigest(subject: SubjectId, groups: readonly CopyGroup[], affected: readonly AffectedPerson[]): Uint8Array {
  const agreed = {
    subject,
    groups: groups.filter(({ kind }) => !VOLATILE.includes(kind)).map(({ kind, action, ids }) => ({ kind, action, ids: digestOf(ids) })),
    affected: affected.map((person) => ({ subject: person.subject, versions: [...person.versions] })),
  };
  return createHash('sha256').update(canonicalBytes(agreed)).digest();
}

/** Counts by kind, of what is destroyed. */
export function countsOf(groups: readonly CopyGroup[]): JsonObject {
  return Object.fromEntries(groups.filter(({ action }) => action !== 'keep').map(({ kind, ids }) => [kind, ids.length]));
}

/** What the erasure remembers of its plan: counts, notes and pseudonyms. */
export function reportOf({ groups, affected, downloads }: ErasurePlan): JsonObject {
  return {
    groups: groups.map(({ kind, action, ids, note }) => ({ kind, action, count: ids.length, note })),
    affected: affected.map(({ subject, versions }) => ({ subject, versions: [...versions] })),
    downloads: downloads.map((each) => ({ ...each })),
  };
}

function digestOf(ids: readonly string[]): string {
  return toHex(
    createHash('sha256')
      .update(canonicalBytes([...ids]))
      .digest(),
  );
}
