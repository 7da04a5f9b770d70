import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { DecisionRefusal } from './decisions/decision.refusals.js';
import type { AbsenceRefusal } from './absences/absence.refusals.js';
import type { ClaimRefusal } from './claims/claim.refusals.js';
import type { OfferedReason } from './review.types.js';

export type SelfApproval = Refusal<'SELF_APPROVAL'>;
export type AlreadyClaimed = Refusal<'ALREADY_CLAIMED'>;
export type AlreadyDecided = Refusal<'ALREADY_DECIDED'>;
export type TaskVoided = Refusal<'TASK_VOIDED'>;
export type LeaseLost = Refusal<'LEASE_LOST'>;
export type StaleContent = Refusal<'STALE_CONTENT'>;
export type ReasonCodeUnknown = Refusal<'REASON_CODE_UNKNOWN'>;
export type ReasonRequired = Refusal<'REASON_REQUIRED'>;
export type ReviewRefusal =
  | NotFound
  | Forbidden
  | SelfApproval
  | AlreadyClaimed
  | AlreadyDecided
  | TaskVoided
  | LeaseLost
  | StaleContent
  | ReasonCodeUnknown
  | ReasonRequired
  | DecisionRefusal
  | ClaimRefusal
  | AbsenceRefusal;

/** `relation`: how the reviewer is bound to the edit. */
export function selfApproval(relation: string): SelfApproval {
  return {
    code: 'SELF_APPROVAL',
    message: `You may not review this edit: ${relation}.`,
    remedy: 'Somebody else of your tenant must decide it.',
  };
}

export function alreadyClaimed(): AlreadyClaimed {
  return {
    code: 'ALREADY_CLAIMED',
    message: 'Somebody else is reviewing this.',
    remedy: 'Take another task, or wait until the claim runs out.',
  };
}

export function alreadyDecided(): AlreadyDecided {
  return {
    code: 'ALREADY_DECIDED',
    message: 'This was decided already.',
    remedy: 'Nothing is to be done; open the task to see the decision.',
  };
}

export function taskVoided(): TaskVoided {
  return {
    code: 'TASK_VOIDED',
    message: 'There is nothing left to review: the edit was changed, withdrawn or cancelled.',
    remedy: 'Look for a newer task of the same edit.',
  };
}

export function leaseLost(): LeaseLost {
  return {
    code: 'LEASE_LOST',
    message: 'Your claim of this task ran out or was given to somebody else.',
    remedy: 'Claim it again, look at it again, and decide.',
  };
}

export function staleContent(): StaleContent {
  return {
    code: 'STALE_CONTENT',
    message: 'What you looked at is not what this task is about.',
    remedy: 'Open the task again and decide on what it shows now.',
  };
}

export function reasonCodeUnknown(code: string, offered: readonly OfferedReason[]): ReasonCodeUnknown {
  return {
    code: 'REASON_CODE_UNKNOWN',
    message: `The policy knows no reason '${code}' for this outcome.`,
    remedy: `Give one of: ${offered.map((each) => each.code).join(', ')}.`,
  };
}

export function reasonRequired(code: string): ReasonRequired {
  return { code: 'REASON_REQUIRED', message: `The reason '${code}' needs a text.`, remedy: 'Say in a sentence why you decide so.' };
}
