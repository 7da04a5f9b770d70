import type { SubjectId } from '@imprimatur/kernel';
import { type AbsenceInvalid, absenceInvalid } from './absence.refusals.js';
import type { NewAbsence } from './absence.types.js';

const DAYS_MAX = 366;
const DAY_MS = 86_400_000;
const TEXT_CHARS_MAX = 2_000;

/** Why the reviewer cannot be away so, or null. `mayDeputise`: the deputy is a member who may decide reviews. */
export function absenceRefused(
  { from, until, deputy, text }: NewAbsence,
  reviewer: SubjectId,
  mayDeputise: boolean,
  now: Date,
): AbsenceInvalid | null {
  if (until <= from) return absenceInvalid('it ends before it begins');
  if (until <= now) return absenceInvalid('it is over already');
  if (until.getTime() - from.getTime() > DAYS_MAX * DAY_MS) return absenceInvalid('it is too long');
  if (deputy === reviewer) return absenceInvalid('nobody stands in for themselves');
  if (deputy !== null && !mayDeputise) return absenceInvalid('the deputy may not decide reviews');
  return text.length > TEXT_CHARS_MAX ? absenceInvalid('the text is too long') : null;
}
