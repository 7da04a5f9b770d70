import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { CaseState } from './case.types.js';

export type CaseInvalid = Refusal<'CASE_INVALID'>;
export type CaseNotOpen = Refusal<'CASE_NOT_OPEN'>;
export type CaseExists = Refusal<'CASE_EXISTS'>;
export type CaseNeedsAnother = Refusal<'CASE_NEEDS_ANOTHER'>;
export type CasePreserved = Refusal<'CASE_PRESERVED'>;
export type NotOfCase = Refusal<'NOT_OF_CASE'>;
export type CaseRefusal = NotFound | Forbidden | CaseInvalid | CaseNotOpen | CaseExists | CaseNeedsAnother | CasePreserved | NotOfCase;

export function caseInvalid(what: string, wanted: string): CaseInvalid {
  return { code: 'CASE_INVALID', message: `The ${what} of the case is not usable.`, remedy: `Give ${wanted}.` };
}

export function caseNotOpen(state: CaseState): CaseNotOpen {
  return { code: 'CASE_NOT_OPEN', message: `The case is ${state}, and this cannot be done with it now.`, remedy: 'Read the case again.' };
}

export function caseExists(): CaseExists {
  return { code: 'CASE_EXISTS', message: 'There is a case about this picture already.', remedy: 'Go on with that one.' };
}

export function caseNeedsAnother(): CaseNeedsAnother {
  return { code: 'CASE_NEEDS_ANOTHER', message: 'It takes two people: you proposed it.', remedy: 'Ask the other one of the case.' };
}

export function casePreserved(until: Date): CasePreserved {
  return {
    code: 'CASE_PRESERVED',
    message: `The law asks that this is kept until ${until.toISOString().slice(0, 10)}.`,
    remedy: 'Leave it in quarantine until then.',
  };
}

export function notOfCase(): NotOfCase {
  return {
    code: 'NOT_OF_CASE',
    message: 'Only the two people who are named in the case may do this.',
    remedy: 'Ask them, or ask Legal to name others.',
  };
}
