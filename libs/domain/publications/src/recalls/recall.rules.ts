import { type Actor, forbidden, isUuid, type SubjectId } from '@imprimatur/kernel';
import { recallInvalid, recallNeedsAnother, recallNotOpen, type RecallRefusal, recallUnanswered } from './recall.refusals.js';
import type { Recall, RecallCriterion, RecallKind, RecallOutcome } from './recall.types.js';

const REASON_CHARS_MAX = 2_000;
const MODEL_CHARS_MAX = 100;
const RULE = /^[a-z0-9][a-z0-9._-]{0,127}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const DAY_MS = 86_400_000;
/** After how many days without an answer people are reminded; then no more. */
const REMINDER_DAYS = [1, 3, 7, 14] as const;

const VALUES: Readonly<Record<RecallKind, { readonly isGood: (value: string) => boolean; readonly wanted: string }>> = {
  model: {
    isGood: (value) => value.trim() === value && value.length >= 1 && value.length <= MODEL_CHARS_MAX,
    wanted: 'the model exactly as it was asked for or reported',
  },
  mask: { isGood: isUuid, wanted: 'the id of a mask' },
  rule: { isGood: (value) => RULE.test(value), wanted: 'the id of a rule, as verdicts name it' },
  hash: {
    isGood: (value) => DIGEST.test(value),
    wanted: 'the SHA-256 of a picture or of an exported file, 64 hexadecimal digits in lower case',
  },
};

/** Why there cannot be such a recall; null: there can. */
export function recallRefusal({ kind, value }: RecallCriterion, reason: string): RecallRefusal | null {
  const { isGood, wanted } = VALUES[kind];
  if (!isGood(value)) return recallInvalid('value', wanted);
  return reasonRefusal(reason);
}

export function reasonRefusal(reason: string): RecallRefusal | null {
  const isGood = reason.trim() !== '' && reason.length <= REASON_CHARS_MAX;
  return isGood ? null : recallInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`);
}

/** Why `by` may not close it so, or null. That it was wrong takes another person; the database says so too. */
export function closeRefusal(
  { state, openedBy }: Recall,
  by: SubjectId | null,
  wish: { readonly outcome: RecallOutcome; readonly unanswered: boolean },
  unanswered: number,
): RecallRefusal | null {
  if (state !== 'open') return recallNotOpen(state);
  if (wish.outcome === 'dismissed') return by !== null && by === openedBy ? recallNeedsAnother() : null;
  return unanswered > 0 && !wish.unanswered ? recallUnanswered(unanswered) : null;
}

/** To free what was blocked is for a person: one who opened it could make a key, and have that be the other. */
export function dismissalRefusal({ kind }: Actor, outcome: RecallOutcome): RecallRefusal | null {
  return outcome === 'dismissed' && kind !== 'person' ? forbidden('dismiss a recall as a service', 'A person must sign in.') : null;
}

/** When the next reminder is due, after `given` were; null: none is left. */
export function reminderAt(openedAt: Date, given: number): Date | null {
  const days = REMINDER_DAYS[given];
  return days === undefined ? null : new Date(openedAt.getTime() + days * DAY_MS);
}
