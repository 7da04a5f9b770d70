import type { SubjectId } from '@imprimatur/kernel';
import { caseInvalid, caseNeedsAnother, caseNotOpen, casePreserved, type CaseRefusal, notOfCase } from './case.refusals.js';
import { CASE_GROUNDS, type CaseGround, type CaseOutcome, type CaseState, type Complaint, type QuarantineCase } from './case.types.js';

const HOUR_MS = 3_600_000;
const REASON_CHARS_MAX = 2_000;
const STATEMENT_CHARS_MAX = 4_000;

interface GroundRule {
  /** From the complaint to the latest action. */
  readonly hours: number;
  /** What happens when the clock has run down and nobody has acted: the picture is put away, or the case is overdue. */
  readonly clockActs: boolean;
  /** Days for which it must not be destroyed once it is in quarantine. */
  readonly preserveDays: number | null;
}

/**
 * Child safety at once, and kept for a year (18 U.S.C. § 2258A(h)); intimate pictures within 48 hours (TAKE IT DOWN Act, 47 U.S.C. § 223a(a)(3));
 * the others within a week, by a person.
 */
const GROUND_RULES: Readonly<Record<CaseGround, GroundRule>> = {
  'child-safety': { hours: 0, clockActs: true, preserveDays: 365 },
  'intimate-image': { hours: 48, clockActs: true, preserveDays: null },
  privacy: { hours: 168, clockActs: false, preserveDays: null },
  'intellectual-property': { hours: 168, clockActs: false, preserveDays: null },
  other: { hours: 168, clockActs: false, preserveDays: null },
};

export function dueAt(ground: CaseGround, openedAt: Date): Date {
  return new Date(openedAt.getTime() + GROUND_RULES[ground].hours * HOUR_MS);
}

export const clockActs = (ground: CaseGround): boolean => GROUND_RULES[ground].clockActs;

/** Null: nothing forbids its destruction. */
export function preservedUntil(ground: CaseGround, quarantinedAt: Date): Date | null {
  const { preserveDays } = GROUND_RULES[ground];
  return preserveDays === null ? null : new Date(quarantinedAt.getTime() + preserveDays * 24 * HOUR_MS);
}

export const isMoreUrgent = (ground: CaseGround, than: CaseGround): boolean => CASE_GROUNDS.indexOf(ground) < CASE_GROUNDS.indexOf(than);

export function stateOf({ ended, quarantinedAt }: Pick<QuarantineCase, 'ended' | 'quarantinedAt'>): CaseState {
  if (ended?.outcome === 'destroy') return 'destroyed';
  if (ended) return quarantinedAt === null ? 'dismissed' : 'restored';
  return quarantinedAt === null ? 'open' : 'quarantined';
}

export function reasonRefusal(reason: string): CaseRefusal | null {
  return isText(reason, REASON_CHARS_MAX) ? null : caseInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`);
}

export function complaintRefusal({ statement, name, contact, isGoodFaith }: Complaint): CaseRefusal | null {
  if (!isText(statement, STATEMENT_CHARS_MAX)) return caseInvalid('statement', `1 to ${STATEMENT_CHARS_MAX} characters`);
  if (!isText(name, 200)) return caseInvalid('name', 'your name, 1 to 200 characters');
  if (contact.trim().length < 3 || contact.length > 320)
    return caseInvalid('contact', 'an address at which you can be reached, 3 to 320 characters');
  return isGoodFaith ? null : caseInvalid('declaration', 'your declaration that the complaint is made in good faith');
}

export function handlersRefusal(handlers: readonly SubjectId[]): CaseRefusal | null {
  return handlers.length === 2 && handlers[0] !== handlers[1] ? null : caseInvalid('handlers', 'two different people');
}

/** Null: the case waits to be put into quarantine. */
export function quarantineRefusal(found: QuarantineCase): CaseRefusal | null {
  return stateOf(found) === 'open' ? null : caseNotOpen(stateOf(found));
}

export function namingRefusal(found: QuarantineCase): CaseRefusal | null {
  return found.ended ? caseNotOpen(stateOf(found)) : null;
}

export function proposalRefusal(found: QuarantineCase, outcome: CaseOutcome, by: SubjectId | null, now: Date): CaseRefusal | null {
  if (found.ended) return caseNotOpen(stateOf(found));
  if (by === null || !found.handlers.includes(by)) return notOfCase();
  if (outcome === 'restore') return null;
  if (found.quarantinedAt === null) return caseNotOpen('open');
  return found.preservedUntil !== null && now < found.preservedUntil ? casePreserved(found.preservedUntil) : null;
}

export function confirmationRefusal(found: QuarantineCase, by: SubjectId | null, now: Date): CaseRefusal | null {
  if (!found.proposed || found.ended) return caseNotOpen(stateOf(found));
  if (found.proposed.by === by) return caseNeedsAnother();
  return proposalRefusal(found, found.proposed.outcome, by, now);
}

export function viewRefusal(found: QuarantineCase, by: SubjectId | null): CaseRefusal | null {
  if (by === null || !found.handlers.includes(by)) return notOfCase();
  return stateOf(found) === 'quarantined' ? null : caseNotOpen(stateOf(found));
}

function isText(text: string, max: number): boolean {
  const { length } = text.trim();
  return length >= 1 && length <= max;
}
