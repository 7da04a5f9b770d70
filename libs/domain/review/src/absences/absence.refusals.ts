import type { Refusal } from '@imprimatur/kernel';

export type AbsenceInvalid = Refusal<'ABSENCE_INVALID'>;
export type AbsenceRefusal = AbsenceInvalid;

export function absenceInvalid(why: string): AbsenceInvalid {
  return {
    code: 'ABSENCE_INVALID',
    message: `The absence cannot be set: ${why}.`,
    remedy: 'Name a time to come of at most 366 days, and as deputy somebody else of your tenant who may decide reviews, or nobody.',
  };
}
