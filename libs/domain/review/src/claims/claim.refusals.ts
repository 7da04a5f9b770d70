import type { Refusal } from '@imprimatur/kernel';

export type ClaimsFull = Refusal<'CLAIMS_FULL'>;
export type ReviewerAbsent = Refusal<'REVIEWER_ABSENT'>;
export type TaskDelegated = Refusal<'TASK_DELEGATED'>;
export type TaskSkipped = Refusal<'TASK_SKIPPED'>;
export type SnoozeInvalid = Refusal<'SNOOZE_INVALID'>;
export type DelegateUnfit = Refusal<'DELEGATE_UNFIT'>;
export type TextInvalid = Refusal<'TEXT_INVALID'>;
export type ClaimRefusal = ClaimsFull | ReviewerAbsent | TaskDelegated | TaskSkipped | SnoozeInvalid | DelegateUnfit | TextInvalid;

/** `queue` null: over all queues. */
export function claimsFull(held: number, queue: string | null): ClaimsFull {
  const where = queue === null ? '' : ` of the queue '${queue}'`;
  return {
    code: 'CLAIMS_FULL',
    message: `You hold ${held} tasks${where}, which is as many as the policy allows at once.`,
    remedy: 'Decide one of them, or give one back.',
  };
}

export function reviewerAbsent(until: Date): ReviewerAbsent {
  return {
    code: 'REVIEWER_ABSENT',
    message: `You are set as absent until ${until.toISOString()}, so nothing is offered to you.`,
    remedy: 'End your absence, or claim the task that you mean by its id.',
  };
}

export function taskDelegated(): TaskDelegated {
  return {
    code: 'TASK_DELEGATED',
    message: 'This was handed to somebody by name.',
    remedy: 'Take another task, or wait until it is given back or late: then everybody may take it.',
  };
}

export function taskSkipped(): TaskSkipped {
  return {
    code: 'TASK_SKIPPED',
    message: 'You skipped this task, so it stays with the others.',
    remedy: 'Take another task.',
  };
}

export function snoozeInvalid(why: string): SnoozeInvalid {
  return { code: 'SNOOZE_INVALID', message: `The task cannot rest so long: ${why}.`, remedy: 'Give it back, or name an earlier time.' };
}

/** `why` speaks of that person: `they asked for the edit`. */
export function delegateUnfit(why: string): DelegateUnfit {
  return {
    code: 'DELEGATE_UNFIT',
    message: `That person cannot take it: ${why}.`,
    remedy: 'Name somebody else, or give it back to the queue.',
  };
}

export function textInvalid(why: string): TextInvalid {
  return { code: 'TEXT_INVALID', message: `The text cannot be taken: ${why}.`, remedy: 'Say it in one to 2,000 characters.' };
}
