import type { AssetId, CaseId, EntryId, ExportId, SubjectId } from '@imprimatur/kernel';

/** Why a picture is kept from everybody, the most urgent first. */
export const CASE_GROUNDS = ['child-safety', 'intimate-image', 'privacy', 'intellectual-property', 'other'] as const;
export type CaseGround = (typeof CASE_GROUNDS)[number];

/** open: somebody complained, and the clock runs. quarantined: nobody but its two people sees it. The others are ends. */
export const CASE_STATES = ['open', 'quarantined', 'dismissed', 'restored', 'destroyed'] as const;
export type CaseState = (typeof CASE_STATES)[number];

export const CASE_OUTCOMES = ['restore', 'destroy'] as const;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** One picture, with everything made from it, from the report to the end. */
export interface QuarantineCase {
  readonly id: CaseId;
  readonly ground: CaseGround;
  readonly asset: AssetId;
  /** Of which a stranger complained; null: a member reported it. */
  readonly export: ExportId | null;
  /** `case.opened`; its part `reason` says why. */
  readonly entry: EntryId;
  readonly openedBy: SubjectId | null;
  readonly openedAt: Date;
  /** By when somebody must have acted. */
  readonly dueAt: Date;
  /** The two people who may see the picture and decide; none until they are named. */
  readonly handlers: readonly SubjectId[];
  readonly quarantinedAt: Date | null;
  /** Not destroyed before, whoever asks; null: no such duty. */
  readonly preservedUntil: Date | null;
  /** What one of the two wants; counts when the other confirms it. */
  readonly proposed: { readonly outcome: CaseOutcome; readonly by: SubjectId | null; readonly at: Date; readonly entry: EntryId } | null;
  readonly ended: { readonly outcome: CaseOutcome; readonly by: SubjectId | null; readonly at: Date } | null;
}

/** What a stranger says of an exported picture. Kept sealed, as that person's own. */
export interface Complaint {
  readonly ground: CaseGround;
  /** 1 to 4,000 characters. */
  readonly statement: string;
  /** 1 to 200 characters. */
  readonly name: string;
  /** An address for the answer, 3 to 320 characters. */
  readonly contact: string;
  /** Signed with the name: the statement is made in good faith. */
  readonly isGoodFaith: boolean;
}

export interface CasePage {
  /** Null: all. */
  readonly state: CaseState | null;
  readonly first: number;
  /** Key of the last row of the page before; null: from the start. */
  readonly after: string | null;
}
