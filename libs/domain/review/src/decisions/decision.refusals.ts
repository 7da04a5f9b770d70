import type { Refusal } from '@imprimatur/kernel';
import type { OfferedCondition } from './decision.types.js';
import type { Slot } from '../review.types.js';

export type DecisionRefusal =
  | Refusal<'CONFLICT_OF_INTEREST'>
  | Refusal<'DECIDED_BEFORE'>
  | Refusal<'APPROVED_ALREADY'>
  | Refusal<'SLOT_NOT_YOURS'>
  | Refusal<'POLICY_CHANGED'>
  | Refusal<'POLICY_REFUSES'>
  | Refusal<'POLICY_UNCHANGED'>
  | Refusal<'NOT_JUDGEABLE'>
  | Refusal<'CONDITION_UNKNOWN'>
  | Refusal<'CONDITION_INVALID'>
  | Refusal<'CONDITION_NOT_MET'>
  | Refusal<'PIN_INVALID'>
  | Refusal<'COMMENT_INVALID'>
  | Refusal<'PIN_RESOLVED'>
  | Refusal<'QUEUE_UNKNOWN'>
  | Refusal<'NOT_YOUR_DECISION'>
  | Refusal<'UNDO_TOO_LATE'>
  | Refusal<'BULK_REFUSED'>
  | Refusal<'APPEAL_REFUSED'>
  | Refusal<'PUBLICATION_REFUSED'>
  | Refusal<'CONFLICT_REASON_REQUIRED'>;

const no = <C extends string>(code: C, message: string, remedy: string): Refusal<C> => ({ code, message, remedy });

const SOMEBODY_ELSE = 'Somebody else of your tenant must decide it.';

export const conflictOfInterest = (why: string) => no('CONFLICT_OF_INTEREST', `You may not review this edit: ${why}.`, SOMEBODY_ELSE);

export const decidedBefore = () => no('DECIDED_BEFORE', 'You decided on this edit before, or passed it on.', SOMEBODY_ELSE);

export const approvedAlready = () =>
  no('APPROVED_ALREADY', 'You have approved this; the other approvals must come from other people.', 'Nothing is to be done by you.');

export const slotNotYours = (free: readonly Slot[]) =>
  no('SLOT_NOT_YOURS', 'None of the approvals that are still missing is yours to give.', `It waits for: ${free.join(', ')}.`);

export const policyChanged = () =>
  no(
    'POLICY_CHANGED',
    'The policy was changed since this was held.',
    'Have it judged again with rejudgeTask, then look at what holds it now; or decide against it.',
  );

export const policyRefuses = (rules: readonly string[]) =>
  no('POLICY_REFUSES', `The policy refuses this now: ${rules.join(', ')}.`, 'Reject it, or ask for changes.');

export const policyUnchanged = () =>
  no('POLICY_UNCHANGED', 'The policy is still the one that held this.', 'Nothing is to be done: decide it.');

export const notJudgeable = (why: string) => no('NOT_JUDGEABLE', `It cannot be judged again: ${why}.`, 'Reject it, or ask for changes.');

export const conditionUnknown = (code: string, offered: readonly OfferedCondition[]) =>
  no('CONDITION_UNKNOWN', `The policy knows no condition '${code}'.`, `Give one of: ${offered.map((each) => each.code).join(', ')}.`);

export const conditionInvalid = (message: string, remedy: string) => no('CONDITION_INVALID', message, remedy);

export const conditionNotMet = (code: string, remedy: string) =>
  no('CONDITION_NOT_MET', `It was approved under the condition '${code}', which this does not meet.`, remedy);

export const pinInvalid = (message: string) =>
  no('PIN_INVALID', message, 'Send up to 50 pins with x and y from 0 to 1 and 1 to 2,000 characters, when asking for changes.');

export const commentInvalid = () => no('COMMENT_INVALID', 'A comment has 1 to 2,000 characters.', 'Shorten it, or say something.');

export const pinResolved = () => no('PIN_RESOLVED', 'This pin was resolved.', 'Nothing is to be done; a new wish is a new pin.');

export const queueUnknown = (queue: string, queues: readonly string[]) =>
  no('QUEUE_UNKNOWN', `The policy has no queue '${queue}'.`, `Name one of: ${queues.join(', ')}.`);

export const notYourDecision = () =>
  no('NOT_YOUR_DECISION', 'Only whoever decided can take it back.', 'Ask them, or appeal if you asked for the edit.');

export const undoTooLate = () =>
  no('UNDO_TOO_LATE', 'What was decided has followed already, or was taken back.', 'Submit a new turn, or appeal a rejection.');

export const bulkRefused = (message: string, remedy: string) => no('BULK_REFUSED', message, remedy);

export const appealRefused = (message: string, remedy: string) => no('APPEAL_REFUSED', message, remedy);

export const publicationRefused = (message: string, remedy: string) => no('PUBLICATION_REFUSED', message, remedy);

export const conflictReasonRequired = () =>
  no('CONFLICT_REASON_REQUIRED', 'Say in 1 to 2,000 characters what the conflict is.', 'Send a reason; it is kept sealed.');
