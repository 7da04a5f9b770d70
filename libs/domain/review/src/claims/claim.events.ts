import type { NewEvent, NewPart } from '@imprimatur/domain/ledger';
import type { SubjectId } from '@imprimatur/kernel';
import { aboutTask } from '../review.events.js';
import type { ReviewTask } from '../review.types.js';
import type { SkipGround } from './claim.types.js';

/** The reviewer's words are the reviewer's own data. */
const reason = (text: string, reviewer: SubjectId): { readonly parts?: Record<string, NewPart> } =>
  text.trim() === '' ? {} : { parts: { reason: { value: text.trim(), subjects: [reviewer] } } };

/** `why`: `given-back` by its holder, `lease-ended` by the clock. */
export function taskReturned(task: ReviewTask, why: 'given-back' | 'lease-ended'): NewEvent {
  return { type: 'task.returned', about: aboutTask(task), facts: { queue: task.queue, why } };
}

/** Given back, and never offered to this reviewer again. */
export function taskSkipped(task: ReviewTask, ground: SkipGround, text: string, reviewer: SubjectId): NewEvent {
  return { type: 'task.skipped', about: aboutTask(task), facts: { queue: task.queue, ground }, ...reason(text, reviewer) };
}

export function taskSnoozed(task: ReviewTask, until: Date, text: string, reviewer: SubjectId): NewEvent {
  return {
    type: 'task.snoozed',
    about: aboutTask(task),
    facts: { queue: task.queue, until: until.toISOString() },
    ...reason(text, reviewer),
  };
}

export function taskDelegated(task: ReviewTask, to: SubjectId, text: string, reviewer: SubjectId): NewEvent {
  return {
    type: 'task.delegated',
    about: [...aboutTask(task), { kind: 'subject', id: to }],
    facts: { queue: task.queue },
    ...reason(text, reviewer),
  };
}
