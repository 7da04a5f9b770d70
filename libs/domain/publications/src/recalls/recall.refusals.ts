import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { RecallState } from './recall.types.js';

export type RecallInvalid = Refusal<'RECALL_INVALID'>;
export type RecallNotOpen = Refusal<'RECALL_NOT_OPEN'>;
export type RecallNeedsAnother = Refusal<'RECALL_NEEDS_ANOTHER'>;
export type RecallUnanswered = Refusal<'RECALL_UNANSWERED'>;
export type RecallRefusal = NotFound | Forbidden | RecallInvalid | RecallNotOpen | RecallNeedsAnother | RecallUnanswered;

export function recallInvalid(what: string, wanted: string): RecallInvalid {
  return { code: 'RECALL_INVALID', message: `The ${what} of the recall is not usable.`, remedy: `Give ${wanted}.` };
}

export function recallNotOpen(state: RecallState): RecallNotOpen {
  return {
    code: 'RECALL_NOT_OPEN',
    message: `The recall is ${state}.`,
    remedy: state === 'running' ? 'Wait until it has reached everything.' : 'Open another where it is needed again.',
  };
}

export function recallNeedsAnother(): RecallNeedsAnother {
  return {
    code: 'RECALL_NEEDS_ANOTHER',
    message: 'You opened this recall: that it was wrong is for somebody else to say.',
    remedy: 'Ask a colleague with the role legal or policy-admin.',
  };
}

export function recallUnanswered(count: number): RecallUnanswered {
  return {
    code: 'RECALL_UNANSWERED',
    message: `${count} ${count === 1 ? 'person has' : 'people have'} not said what became of their exports.`,
    remedy: 'Wait for their answers, or close it with `unanswered: true`, which is on record.',
  };
}
