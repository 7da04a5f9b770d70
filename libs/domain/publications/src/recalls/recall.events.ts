import type { NewEvent } from '@imprimatur/domain/ledger';
import type { RecallId } from '@imprimatur/kernel';
import type { Recall, RecallAnswer, RecallBatch, RecallCriterion, RecallOutcome } from './recall.types.js';

const about = (id: RecallId): NewEvent['about'] => [{ kind: 'recall', id }];

export function recallOpened(id: RecallId, { kind, value }: RecallCriterion, reason: string): NewEvent {
  return {
    type: 'recall.opened',
    about: about(id),
    facts: { kind, ...(kind === 'hash' ? {} : { value }) },
    parts: {
      reason: { value: reason.trim(), subjects: [] },
      ...(kind === 'hash' ? { hash: { value, subjects: [] } } : {}),
    },
  };
}

export function recallReached({ id }: Recall, { blocked, exportsFlagged }: RecallBatch): NewEvent {
  return { type: 'recall.reached', about: about(id), facts: { versionsBlocked: blocked.length, exportsFlagged } };
}

export function recallAnswered(id: RecallId, answer: RecallAnswer, exports: number): NewEvent {
  return { type: 'recall.answered', about: about(id), facts: { answer, exports } };
}

export function recallReminded(id: RecallId, people: number): NewEvent {
  return { type: 'recall.reminded', about: about(id), facts: { people } };
}

export function recallClosed({ id }: Recall, outcome: RecallOutcome, unanswered: number, reason: string): NewEvent {
  return {
    type: 'recall.closed',
    about: about(id),
    facts: { outcome, unanswered },
    parts: { reason: { value: reason.trim(), subjects: [] } },
  };
}
