import { sha256 } from '@imprimatur/domain/ledger';
import type { Matter } from '@imprimatur/formats/ledger';
import { isExceptable } from '@imprimatur/formats/policy';
import { canonicalBytes, type SubjectId, toHex } from '@imprimatur/kernel';
import type { ActivePolicy } from '../policy.types.js';
import {
  exceptionInvalid,
  exceptionNeedsAnother,
  exceptionNotOpen,
  type ExceptionRefusal,
  ruleNotExceptable,
} from './exception.refusals.js';
import type { ExceptionState, NewException, PolicyException } from './exception.types.js';

const REASON_CHARS_MAX = 2_000;
const DAY_MS = 86_400_000;
const DAYS_MAX = 90;
/** Long enough for a weekend's emergency to be brought before two people. */
const BREAK_GLASS_DAYS_MAX = 1;

export function stateOf({ ended, until, approved, isBreakGlass }: PolicyException, now: Date): ExceptionState {
  if (ended) return 'ended';
  if (until.getTime() <= now.getTime()) return 'expired';
  return approved || isBreakGlass ? 'active' : 'proposed';
}

/** Why there cannot be such an exception; null: there can. */
export function wishRefusal(wish: NewException, policy: ActivePolicy, isBreakGlass: boolean, now: Date): ExceptionRefusal | null {
  const reason = reasonRefusal(wish.reason);
  if (reason) return reason;
  const days = isBreakGlass ? BREAK_GLASS_DAYS_MAX : DAYS_MAX;
  const length = wish.until.getTime() - now.getTime();
  if (!(length > 0 && length <= days * DAY_MS)) return exceptionInvalid('end', `a time from now to ${days * 24} hours from now`);
  const { scope } = wish;
  if (scope.kind === 'use-case' && policy.status === 'ready' && !policy.data.useCases.some(({ id }) => id === scope.id))
    return exceptionInvalid('use case', 'one of the active policy');
  return ruleRefusal(wish.rule, policy);
}

export function reasonRefusal(reason: string): ExceptionRefusal | null {
  const { length } = reason.trim();
  return length >= 1 && length <= REASON_CHARS_MAX ? null : exceptionInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`);
}

function ruleRefusal(id: string, policy: ActivePolicy): ExceptionRefusal | null {
  if (policy.status !== 'ready') return ruleNotExceptable(id, 'there is no sound policy to except it from');
  const rule = policy.rules.find((each) => each.id === id);
  if (!rule) return ruleNotExceptable(id, 'the active policy has no such rule');
  if (!isExceptable(rule.outcome)) return ruleNotExceptable(id, 'what it refuses is refused for everybody');
  return rule.questions.includes('EditTurn')
    ? null
    : ruleNotExceptable(id, 'it decides about what is made already, which a person reviews');
}

/** Why `by` may not approve it, or null. */
export function approvalRefusal(exception: PolicyException, by: SubjectId | null, now: Date): ExceptionRefusal | null {
  const state = stateOf(exception, now);
  if (state !== 'proposed') return exceptionNotOpen(state, 'only a proposed one is approved');
  return isInvolved(exception, by) ? exceptionNeedsAnother() : null;
}

/** Why `by` may not judge a broken glass, or null. It may have ended: what was done under it is looked at all the same. */
export function reviewRefusal(exception: PolicyException, by: SubjectId | null, now: Date): ExceptionRefusal | null {
  if (!exception.isBreakGlass || exception.reviewed)
    return exceptionNotOpen(stateOf(exception, now), 'only a broken glass that nobody has looked at is reviewed');
  return isInvolved(exception, by) ? exceptionNeedsAnother() : null;
}

function isInvolved({ proposedBy, scope }: PolicyException, by: SubjectId | null): boolean {
  return by !== null && (by === proposedBy || (scope.kind === 'subject' && scope.id === by));
}

/** What is signed when an exception is agreed: its very terms, by their digest, under the policy that it excepts from. */
export function approvalMatter(exception: PolicyException, bundle: string): Matter {
  return {
    kind: 'exception.approve',
    object: exception.id,
    content: termsDigest(exception),
    bundle,
    outcome: 'approve',
    code: null,
    reason: null,
  };
}

export function glassMatter(exception: PolicyException, bundle: string, justified: boolean, reason: string): Matter {
  const outcome = justified ? 'justified' : 'not-justified';
  return { kind: 'exception.review', object: exception.id, content: termsDigest(exception), bundle, outcome, code: null, reason };
}

function termsDigest({ rule, scope, owner, until }: PolicyException): string {
  return toHex(sha256(canonicalBytes({ rule, scope: { kind: scope.kind, id: scope.id }, owner, until: until.toISOString() })));
}
