import { allow } from '@imprimatur/domain/identity';
import { forbidden, ok, refuse, type Result, type SubjectId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import type { ReviewRefusal } from './review.refusals.js';

/** Only a person reviews, whatever roles a service or the system has. */
export function reviewerOf({ context }: ReadContext, action: 'claim' | 'decide'): Result<SubjectId, ReviewRefusal> {
  const { kind, subject } = context.actor;
  if (kind !== 'person' || subject === null) return refuse(forbidden('review edits as a service', 'A person must sign in and decide.'));
  const denied = allow(context, action, 'ReviewTask');
  return denied ? refuse(denied) : ok(subject);
}
