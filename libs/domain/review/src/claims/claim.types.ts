import type { SubjectId } from '@imprimatur/kernel';

/** Why a reviewer never wants to be offered a task again. */
export const SKIP_GROUNDS = ['conflict-of-interest', 'not-qualified', 'personal', 'other'] as const;
export type SkipGround = (typeof SKIP_GROUNDS)[number];

/** The part of the policy that claims go by; the caller takes it from the active bundle. */
export interface ClaimTerms {
  /** How many tasks one reviewer may hold at once. */
  readonly claimsMax: number;
  /** The queues, most urgent first, and how many tasks of each one reviewer may hold; null: as many as of all. */
  readonly queues: readonly { readonly id: string; readonly claimsMax: number | null }[];
}

/** What decides whether a reviewer may take another task, and which. */
export interface Standing {
  readonly reviewer: SubjectId;
  /** Tasks in their hands, by queue. */
  readonly held: Readonly<Record<string, number>>;
  /** Null: they are there. */
  readonly absentUntil: Date | null;
  /** Themselves, and those absent whose deputy they are in the end: what is delegated to one of them is offered to them. */
  readonly answersFor: readonly SubjectId[];
  /** So many of the tasks on offer are their own requests that a way around them is worth while. */
  readonly hasManyOwn: boolean;
  readonly isSeenLately: boolean;
}
