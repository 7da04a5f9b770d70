import type { NewEvent } from '@imprimatur/domain/ledger';
import type { SubjectId } from '@imprimatur/kernel';
import type { NewAbsence } from './absence.types.js';

/** When somebody is away, and why, is theirs: it is sealed, and goes when they are erased. Null: they are back. */
export function absenceSet(reviewer: SubjectId, absence: NewAbsence | null): NewEvent {
  const deputy = absence?.deputy ?? null;
  return {
    type: 'absence.set',
    about: [{ kind: 'subject', id: reviewer }, ...(deputy === null ? [] : [{ kind: 'subject', id: deputy } as const])],
    facts: { away: absence !== null, deputy: deputy !== null },
    parts: absence === null ? {} : partsOf(absence, reviewer),
  };
}

function partsOf({ from, until, text }: NewAbsence, reviewer: SubjectId): NonNullable<NewEvent['parts']> {
  const period = { value: { from: from.toISOString(), until: until.toISOString() }, subjects: [reviewer] };
  return text.trim() === '' ? { period } : { period, reason: { value: text.trim(), subjects: [reviewer] } };
}
