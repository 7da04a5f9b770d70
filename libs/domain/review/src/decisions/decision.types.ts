import type {
  AssetId,
  CommentId,
  ConflictId,
  DecisionId,
  EntryId,
  ItemId,
  PinId,
  SessionId,
  SubjectId,
  TaskId,
  VersionId,
} from '@imprimatur/kernel';

/** channels: exported for these only. declaration: whoever exports declares it met. operations: later turns leave these changes alone. */
export type ConditionKind = 'channels' | 'declaration' | 'operations';

/** A condition that the policy offers. */
export interface OfferedCondition {
  readonly code: string;
  readonly text: 'required' | 'optional';
  readonly kind: ConditionKind;
  readonly forbids: readonly string[];
}

export interface ConditionWish {
  readonly code: string;
  /** In the reviewer's words; empty where it needs none. */
  readonly text: string;
  /** Of a condition of kind `channels`. */
  readonly channels: readonly string[];
}

/** A condition that an approval came with. */
export interface ReviewCondition {
  readonly decision: DecisionId;
  readonly code: string;
  readonly kind: ConditionKind;
  readonly channels: readonly string[];
  readonly forbids: readonly string[];
  readonly session: SessionId | null;
  readonly asset: AssetId;
  readonly version: VersionId | null;
  /** `task.decided`; its part `condition:<code>` holds the words. */
  readonly entry: EntryId;
}

/** A picture, or what it was made from, as far as conditions go by it. `item`: by which it was made; null: an upload. */
export interface Descendant {
  readonly id: VersionId;
  readonly item: ItemId | null;
}

/** A place in the picture, 0 to 1 of its width and height, and what is asked for there. */
export interface PinWish {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface ReviewPin {
  readonly id: PinId;
  readonly task: TaskId;
  readonly decision: DecisionId;
  readonly item: ItemId;
  readonly asset: AssetId;
  readonly x: number;
  readonly y: number;
  /** `pin.placed`; its part `text` holds the words. */
  readonly entry: EntryId;
  readonly placedBy: SubjectId;
  readonly placedAt: Date;
  /** Null: it waits. */
  readonly resolved: { readonly by: SubjectId; readonly at: Date } | null;
}

export interface PinComment {
  readonly id: CommentId;
  readonly pin: PinId;
  readonly author: SubjectId;
  /** `pin.commented`; its part `text` holds the words. */
  readonly entry: EntryId;
  readonly at: Date;
}

export type ConflictKind = 'session' | 'asset' | 'subject';

/** What a reviewer stays out of, because they said that they should. */
export interface ReviewConflict {
  readonly id: ConflictId;
  readonly reviewer: SubjectId;
  readonly kind: ConflictKind;
  readonly target: string;
  readonly entry: EntryId;
  readonly declaredAt: Date;
}

/** What became of a decision. Pending: what it decides has not followed yet. */
export type DecisionFate = 'followed' | 'pending' | 'undone' | 'voided';

/** How often a rule held something that people decided on, and how often an appeal turned that over. */
export interface RuleFeedback {
  readonly rule: string;
  readonly decisions: number;
  readonly approved: number;
  readonly overturned: number;
}
