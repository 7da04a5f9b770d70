import type { EntryId, ExportId, RecallId, SubjectId, VersionId } from '@imprimatur/kernel';

/** What the recalled pictures have in common. More kinds come with more that pictures are made from. */
export const RECALL_KINDS = ['model', 'mask', 'rule', 'hash'] as const;
export type RecallKind = (typeof RECALL_KINDS)[number];

/** `hash` names a picture by the SHA-256 of its file; its value is kept sealed, and not in the row: a digest must not outlive an erasure. */
export interface RecallCriterion {
  readonly kind: RecallKind;
  readonly value: string;
}

/** running (pictures are being taken down) > open (people are asked what became of theirs) > closed. */
export const RECALL_STATES = ['running', 'open', 'closed'] as const;
export type RecallState = (typeof RECALL_STATES)[number];

/** confirmed: it was right, and what it blocked stays so. dismissed: it was wrong, and what it blocked is free again. */
export const RECALL_OUTCOMES = ['confirmed', 'dismissed'] as const;
export type RecallOutcome = (typeof RECALL_OUTCOMES)[number];

export interface Recall {
  readonly id: RecallId;
  readonly kind: RecallKind;
  /** Null for a hash. */
  readonly value: string | null;
  readonly state: RecallState;
  /** Entry of the ledger that holds reason and criterion. */
  readonly entry: EntryId;
  readonly openedBy: SubjectId | null;
  readonly openedAt: Date;
  readonly versionsBlocked: number;
  readonly exportsFlagged: number;
  /** Where the next batch begins: what was reached last. Null: at the beginning. */
  readonly cursor: string | null;
  readonly closed: { readonly by: SubjectId | null; readonly at: Date; readonly outcome: RecallOutcome; readonly entry: EntryId } | null;
}

/** What became of an export outside: it was taken down, it was never published, or it stays where it is. */
export const RECALL_ANSWERS = ['taken-down', 'not-published', 'stays'] as const;
export type RecallAnswer = (typeof RECALL_ANSWERS)[number];

/** Somebody whose exports were recalled, and who is asked until they answer. */
export interface RecallRecipient {
  readonly recall: RecallId;
  readonly subject: SubjectId;
  readonly exports: readonly ExportId[];
  readonly reminders: number;
  readonly answered: { readonly answer: RecallAnswer; readonly at: Date } | null;
}

/** What one batch reached. */
export interface RecallBatch {
  /** All of them, also what had been blocked before. */
  readonly versions: readonly VersionId[];
  readonly blocked: readonly VersionId[];
  readonly exportsFlagged: number;
  readonly cursor: string;
}

/** What no recall reaches any more once one is dismissed, and of it what recalls had blocked. */
export interface RecallFreed {
  readonly versions: readonly VersionId[];
  readonly blocked: readonly VersionId[];
}

export interface RecallPage {
  /** Null: whatever its state. */
  readonly state: RecallState | null;
  readonly first: number;
  readonly after: string | null;
}
