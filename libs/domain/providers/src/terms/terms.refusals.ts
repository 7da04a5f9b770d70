import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { TermsState } from './terms.types.js';

export type TermsInvalid = Refusal<'VENDOR_TERMS_INVALID'>;
export type TermsNeedAnother = Refusal<'VENDOR_TERMS_NEED_ANOTHER'>;
export type TermsNotOpen = Refusal<'VENDOR_TERMS_NOT_OPEN'>;
export type TermsRefusal = NotFound | Forbidden | TermsInvalid | TermsNeedAnother | TermsNotOpen;

export function termsInvalid(what: string, wanted: string): TermsInvalid {
  return { code: 'VENDOR_TERMS_INVALID', message: `The ${what} of the terms is not usable.`, remedy: `Give ${wanted}.` };
}

export function termsNeedAnother(): TermsNeedAnother {
  return {
    code: 'VENDOR_TERMS_NEED_ANOTHER',
    message: 'Terms take two people, and you registered these.',
    remedy: 'Ask a colleague with the role legal or policy-admin.',
  };
}

export function termsNotOpen(state: TermsState, wanted: string): TermsNotOpen {
  return {
    code: 'VENDOR_TERMS_NOT_OPEN',
    message: `The terms are ${state}; ${wanted}.`,
    remedy: 'Register them anew where they are needed again.',
  };
}
