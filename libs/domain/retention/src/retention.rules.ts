import type { SubjectId } from '@imprimatur/kernel';
import {
  holdInvalid,
  type HoldInvalid,
  holdReleased,
  type HoldRefusal,
  holdOfCase,
  ownHold,
  retentionRuleInvalid,
  type RetentionRuleInvalid,
} from './retention.refusals.js';
import type { LegalHold, NewHold, NewRetentionRule, RetentionClass, RetentionRule } from './retention.types.js';

export const REASON_CHARS_MAX = 2_000;
const MATTER_CHARS_MAX = 200;
const BASIS_CHARS_MAX = 500;
const DAYS_MAX = 36_500;
const DAY_MS = 86_400_000;

/** What a hold may not say; null: it is fine. */
export function holdRefusal({ matter, reason }: Pick<NewHold, 'matter' | 'reason'>): HoldInvalid | null {
  if (!isText(matter, MATTER_CHARS_MAX)) return holdInvalid('matter', `a reference of 1 to ${MATTER_CHARS_MAX} characters`);
  if (!isText(reason, REASON_CHARS_MAX)) return holdInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`);
  return null;
}

/** Why `by` may not release it, or null. Two people are needed to make what is held erasable. */
export function releaseRefusal(hold: LegalHold, by: SubjectId | null): HoldRefusal | null {
  if (hold.released) return holdReleased();
  // what the service placed for a case ends with the case
  if (hold.placedBy === null) return holdOfCase();
  return hold.placedBy === by ? ownHold() : null;
}

export function ruleRefusal({ keepDays, dutyDays, basis }: NewRetentionRule): RetentionRuleInvalid | null {
  const isDays = (days: number | null): boolean => days === null || (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX);
  if (!isDays(keepDays) || !isDays(dutyDays)) return retentionRuleInvalid('the days are not a number of days');
  if (keepDays !== null && dutyDays !== null && keepDays < dutyDays)
    return retentionRuleInvalid('it would be destroyed while it must be kept');
  return isText(basis, BASIS_CHARS_MAX) ? null : retentionRuleInvalid(`its basis is missing, or longer than ${BASIS_CHARS_MAX} characters`);
}

/** What holds while nobody has said anything: kept for ever. */
export function defaultRule(of: RetentionClass): RetentionRule {
  return { class: of, keepDays: null, dutyDays: null, basis: '', setBy: null, setAt: null };
}

/** What ended before this moment is to be destroyed; null: nothing ever. */
export function cutoff({ keepDays }: Pick<RetentionRule, 'keepDays'>, now: Date): Date | null {
  return keepDays === null ? null : new Date(now.getTime() - keepDays * DAY_MS);
}

/** Until when something of `newest` date must be kept; null: it need not, or not any more. */
export function dutyUntil({ dutyDays }: Pick<RetentionRule, 'dutyDays'>, newest: Date, now: Date): Date | null {
  if (dutyDays === null) return null;
  const until = new Date(newest.getTime() + dutyDays * DAY_MS);
  return until > now ? until : null;
}

export function isText(text: string, charsMax: number): boolean {
  const length = text.trim().length;
  return length > 0 && length <= charsMax;
}
