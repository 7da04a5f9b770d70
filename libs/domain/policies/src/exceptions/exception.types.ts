import type { AssetId, EntryId, ExceptionId, SessionId, SubjectId } from '@imprimatur/kernel';

/** What an exception is for: every turn of a use case, or the turns of one session, about one picture, or by one person. */
export type ExceptionScope =
  | { readonly kind: 'use-case'; readonly id: string }
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'asset'; readonly id: AssetId }
  | { readonly kind: 'subject'; readonly id: SubjectId };
export type ExceptionScopeKind = ExceptionScope['kind'];

/** proposed > active > expired; ended from either of the first two. */
export type ExceptionState = 'proposed' | 'active' | 'expired' | 'ended';

/** One rule of the policy that does not count for a while, within a scope. */
export interface PolicyException {
  readonly id: ExceptionId;
  readonly rule: string;
  readonly scope: ExceptionScope;
  /** Who answers for what is done under it. */
  readonly owner: SubjectId;
  readonly until: Date;
  /** True: it counted at once, without a second person, and is looked at afterwards. */
  readonly isBreakGlass: boolean;
  /** Entry of the ledger that holds the reason. */
  readonly entry: EntryId;
  readonly proposedBy: SubjectId | null;
  readonly proposedAt: Date;
  /** Null: not yet; for a broken glass always. */
  readonly approved: { readonly by: SubjectId | null; readonly at: Date } | null;
  /** What a second person thought of a broken glass. */
  readonly reviewed: { readonly by: SubjectId | null; readonly at: Date; readonly justified: boolean; readonly entry: EntryId } | null;
  readonly ended: { readonly by: SubjectId | null; readonly at: Date; readonly entry: EntryId } | null;
}

export interface NewException {
  readonly rule: string;
  readonly scope: ExceptionScope;
  readonly owner: SubjectId;
  readonly reason: string;
  readonly until: Date;
}

/** The turn that is judged, as exceptions see it. */
export interface ExceptionPlace {
  readonly useCase: string;
  readonly session: SessionId;
  readonly asset: AssetId;
  /** Who asked for the edit; null: nobody who has exceptions. */
  readonly subject: SubjectId | null;
}

export interface ExceptionPage {
  /** Null: whatever its state. */
  readonly state: ExceptionState | null;
  /** True: only broken glass that nobody has looked at. */
  readonly needsReview: boolean;
  readonly first: number;
  readonly after: string | null;
}
