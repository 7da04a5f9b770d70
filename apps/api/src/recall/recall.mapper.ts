import type { Recall, RecallAnswer, RecallKind, RecallOutcome, RecallRecipient, RecallState } from '@imprimatur/domain/publications';
import { type EntryId, parseId, type RecallId, toPublicId } from '@imprimatur/kernel';

export interface RecallParent {
  readonly __typename: 'Recall';
  readonly recallId: RecallId;
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

const upper = (word: string): string => word.toUpperCase().replace('-', '_');
const lower = (word: string): string => word.toLowerCase().replace('_', '-');

export function toRecall({
  id,
  kind,
  value,
  state,
  entry,
  openedBy,
  openedAt,
  versionsBlocked,
  exportsFlagged,
  closed,
}: Recall): RecallParent {
  return {
    __typename: 'Recall',
    recallId: id,
    entryId: entry,
    id: toPublicId('recall', id),
    kind: upper(kind),
    value,
    state: upper(state),
    openedBy: openedBy && toPublicId('subject', openedBy),
    openedAt,
    versionsBlocked,
    exportsFlagged,
    outcome: closed && upper(closed.outcome),
    closedBy: closed?.by ? toPublicId('subject', closed.by) : null,
    closedAt: closed?.at ?? null,
  };
}

export function toRecipient({ subject, exports, reminders, answered }: RecallRecipient): object {
  return {
    person: toPublicId('subject', subject),
    exports: exports.map((each) => toPublicId('export', each)),
    reminders,
    answer: answered && upper(answered.answer),
    answeredAt: answered?.at ?? null,
  };
}

export function toQuestion({ recall, exports }: RecallRecipient): object {
  return { recall: toPublicId('recall', recall), exports: exports.map((each) => toPublicId('export', each)) };
}

/** The id of a mask may be written as GraphQL writes it. */
export function fromCriterion({ kind, value }: { readonly kind: string; readonly value: string }) {
  const word = lower(kind) as RecallKind;
  return { kind: word, value: word === 'mask' ? (parseId('mask', value) ?? value) : value };
}

export const fromAnswer = (word: string): RecallAnswer => lower(word) as RecallAnswer;
export const fromOutcome = (word: string): RecallOutcome => lower(word) as RecallOutcome;
export const fromState = (word: string | null | undefined): RecallState | null => (word ? (lower(word) as RecallState) : null);
