import type { EntryId, ErasureId, HoldId, JsonObject, SubjectId } from '@imprimatur/kernel';

export const HOLD_KINDS = ['asset', 'session', 'subject', 'tenant'] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/** What a hold is on. A held session holds everything that was done in it, a held subject everything that concerns the person. */
export interface HoldTarget {
  readonly kind: HoldKind;
  /** Id of the asset, session, subject or tenant. */
  readonly id: string;
}

/** While it is active nothing that it covers is destroyed, whoever asks. */
export interface LegalHold {
  readonly id: HoldId;
  readonly target: HoldTarget;
  /** Reference of the legal matter, 1 to 200 characters. */
  readonly matter: string;
  /** The entry `hold.placed`; its part `reason` says why. */
  readonly entry: EntryId;
  readonly placedBy: SubjectId | null;
  readonly placedAt: Date;
  /** Null: it is active. */
  readonly released: { readonly by: SubjectId | null; readonly at: Date; readonly entry: EntryId } | null;
}

export interface NewHold {
  readonly target: HoldTarget;
  readonly matter: string;
  /** Why: 1 to 2,000 characters. Kept sealed. */
  readonly reason: string;
}

export interface HoldPage {
  /** Null: active and released. */
  readonly isActive: boolean | null;
  readonly first: number;
  /** Id of the last hold of the page before. */
  readonly after: string | null;
}

/** What active holds cover, as their targets. */
export interface HeldTargets {
  readonly tenant: boolean;
  readonly assets: readonly string[];
  readonly sessions: readonly string[];
  readonly subjects: readonly string[];
}

/** What a rule speaks of, by the kind of thing that is kept. */
export const RETENTION_CLASSES = ['turn', 'asset', 'consent', 'review', 'export', 'ledger-payload'] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

export interface RetentionRule {
  readonly class: RetentionClass;
  /** Destroyed so many days after it ended; null: kept for ever. */
  readonly keepDays: number | null;
  /** Not to be destroyed earlier, not even by an erasure; null: no such duty. */
  readonly dutyDays: number | null;
  /** On what grounds, 1 to 500 characters: a statute, a contract, a policy. Empty while nothing was set. */
  readonly basis: string;
  readonly setBy: SubjectId | null;
  /** Null: nothing was set. */
  readonly setAt: Date | null;
}

export type NewRetentionRule = Pick<RetentionRule, 'class' | 'keepDays' | 'dutyDays' | 'basis'>;

/** An erasure from its commit, when everything became unreadable, to its completion, when nothing is left to remove. */
export interface Erasure {
  readonly id: ErasureId;
  readonly subject: SubjectId;
  /** SHA-256 of the plan that was agreed to, 32 bytes. */
  readonly planDigest: Uint8Array;
  /** What was planned, in the words of the flow that made it; counts, ids and pseudonyms only. */
  readonly report: JsonObject;
  /** `subject.erased`. */
  readonly entry: EntryId;
  readonly requestedBy: SubjectId | null;
  readonly requestedAt: Date;
  /** Null: still under way. */
  readonly completedAt: Date | null;
}

/** Copies of one kind that an erasure removes after its commit. */
export interface CopyCount {
  readonly kind: string;
  readonly planned: number;
  readonly done: number;
}

/** One thing to remove: an id, or a name in the blob store. */
export interface ErasureCopy {
  readonly kind: string;
  readonly id: string;
}
