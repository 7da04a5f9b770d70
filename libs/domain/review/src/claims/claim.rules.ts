import type { SubjectId } from '@imprimatur/kernel';
import type { ReviewTask } from '../review.types.js';
import type { ReviewRefusal } from '../review.refusals.js';
import {
  claimsFull,
  delegateUnfit,
  reviewerAbsent,
  snoozeInvalid,
  taskDelegated,
  taskSkipped,
  type TextInvalid,
  textInvalid,
} from './claim.refusals.js';
import type { ClaimTerms, Standing } from './claim.types.js';

const HOUR_MS = 3_600_000;
/** A task rests no longer than a weekend. */
export const SNOOZE_MAX_MS = 72 * HOUR_MS;
const TEXT_CHARS_MAX = 2_000;

/** Who stands in for whom while they are away. */
export interface StandIn {
  readonly reviewer: SubjectId;
  readonly deputy: SubjectId | null;
}

/**
 * Who takes what is handed to `reviewer`: the first in the line of deputies who is there. Null: nobody, because the line ends at somebody who named no
 * deputy, or turns in a circle.
 */
export function inPlaceOf(reviewer: SubjectId, absent: readonly StandIn[]): SubjectId | null {
  const passed = new Set<SubjectId>();
  for (let next: SubjectId | null = reviewer; next !== null && !passed.has(next);) {
    const away = absent.find((each) => each.reviewer === next);
    if (!away) return next;
    passed.add(next);
    next = away.deputy;
  }
  return null;
}

/** Themselves, and everybody absent whose line of deputies ends at them. Somebody who is absent answers for nobody but themselves. */
export function answersFor(reviewer: SubjectId, absent: readonly StandIn[]): readonly SubjectId[] {
  const others = absent.map((each) => each.reviewer).filter((each) => each !== reviewer && inPlaceOf(each, absent) === reviewer);
  return [reviewer, ...others];
}

/** Queues of which the reviewer may hold no more. */
export function fullQueues({ held }: Pick<Standing, 'held'>, { queues }: ClaimTerms): readonly string[] {
  return queues.filter(({ id, claimsMax }) => claimsMax !== null && (held[id] ?? 0) >= claimsMax).map(({ id }) => id);
}

/** Why the reviewer may take nothing more from `queue`, or null; `queue` null: from anywhere. */
export function workloadRefused({ held }: Pick<Standing, 'held'>, terms: ClaimTerms, queue: string | null): ReviewRefusal | null {
  const all = Object.values(held).reduce((sum, count) => sum + count, 0);
  if (all >= terms.claimsMax) return claimsFull(all, null);
  return queue !== null && fullQueues({ held }, terms).includes(queue) ? claimsFull(held[queue] ?? 0, queue) : null;
}

/** Why a task is not the reviewer's to take, or null: it was handed to somebody else by name, or they skipped it. What they hold already is theirs. */
export function takeRefused(
  { claim, delegatedTo }: Pick<ReviewTask, 'claim' | 'delegatedTo'>,
  { reviewer, answersFor: named }: Pick<Standing, 'reviewer' | 'answersFor'>,
  hasSkipped: boolean,
): ReviewRefusal | null {
  if (claim?.by === reviewer) return null;
  if (delegatedTo !== null && !named.includes(delegatedTo)) return taskDelegated();
  return hasSkipped ? taskSkipped() : null;
}

/** Why nothing is offered to the reviewer, or null. */
export function offerRefused(standing: Standing, terms: ClaimTerms, queue: string | null): ReviewRefusal | null {
  return standing.absentUntil ? reviewerAbsent(standing.absentUntil) : workloadRefused(standing, terms, queue);
}

/** Why the task cannot rest until then, or null. Resting ends before it is due: what is late is everybody's. */
export function snoozeRefused({ dueAt }: Pick<ReviewTask, 'dueAt'>, until: Date, now: Date): ReviewRefusal | null {
  if (until <= now) return snoozeInvalid('that time is past');
  if (until > dueAt) return snoozeInvalid(`it is due at ${dueAt.toISOString()}`);
  return until.getTime() - now.getTime() > SNOOZE_MAX_MS ? snoozeInvalid('72 hours are the most') : null;
}

/** Why `candidate` may not be handed the task, or null. `isOpen`: nothing bars them, and a place is free that they can take. */
export function delegateRefused(
  task: Pick<ReviewTask, 'requester' | 'lastEditor' | 'depicted'>,
  candidate: { readonly subject: SubjectId; readonly mayDecide: boolean; readonly hasSkipped: boolean; readonly isOpen: boolean },
): ReviewRefusal | null {
  const { subject, mayDecide, hasSkipped, isOpen } = candidate;
  if (!mayDecide) return delegateUnfit('they may not decide reviews');
  if (task.requester === subject) return delegateUnfit('they asked for the edit');
  if (task.lastEditor === subject) return delegateUnfit('they made its last change');
  if (task.depicted.includes(subject)) return delegateUnfit('they are shown in it');
  if (hasSkipped) return delegateUnfit('they skipped it');
  // why is theirs: whom they declared a conflict with is nobody else's to read
  return isOpen ? null : delegateUnfit('they may not decide this one');
}

export function textRefused(text: string, isRequired: boolean): TextInvalid | null {
  if (isRequired && text.trim() === '') return textInvalid('a reason is needed');
  return text.length > TEXT_CHARS_MAX ? textInvalid('it is too long') : null;
}
