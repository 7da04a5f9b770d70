import type { PinComment, ReviewPin } from '@imprimatur/domain/review';
import { type EntryId, type PinId, toPublicId } from '@imprimatur/kernel';

export interface PinParent {
  readonly __typename: 'ReviewPin';
  readonly pinId: PinId;
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

/** `placedBy` is the pseudonym of the ledger. */
export function toPin(pin: ReviewPin, placedBy: string): PinParent {
  return {
    __typename: 'ReviewPin',
    pinId: pin.id,
    entryId: pin.entry,
    id: toPublicId('pin', pin.id),
    x: pin.x,
    y: pin.y,
    placedBy,
    placedAt: pin.placedAt,
    resolvedAt: pin.resolved?.at ?? null,
  };
}

export interface CommentParent {
  readonly __typename: 'PinComment';
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

/** `author` is the pseudonym of the ledger. */
export function toComment({ id, entry, at }: PinComment, author: string): CommentParent {
  return { __typename: 'PinComment', entryId: entry, id: toPublicId('comment', id), author, createdAt: at };
}
