import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type ConsentScopeInvalid = Refusal<'CONSENT_SCOPE_INVALID'>;
export type ConsentPeriodInvalid = Refusal<'CONSENT_PERIOD_INVALID'>;
export type ConsentMethodUnknown = Refusal<'CONSENT_METHOD_UNKNOWN'>;
export type ConsentTextInvalid = Refusal<'CONSENT_TEXT_INVALID'>;
export type ConsentRefusal = NotFound | Forbidden | ConsentScopeInvalid | ConsentPeriodInvalid | ConsentMethodUnknown | ConsentTextInvalid;

/** `part`: which of the four lists, in words. */
export function consentScopeInvalid(part: string, allowed: string): ConsentScopeInvalid {
  return {
    code: 'CONSENT_SCOPE_INVALID',
    message: `The ${part} of the scope are missing or not understood.`,
    remedy: `Give at least one: ${allowed}.`,
  };
}

export function consentPeriodInvalid(): ConsentPeriodInvalid {
  return {
    code: 'CONSENT_PERIOD_INVALID',
    message: 'The consent would have ended before it began.',
    remedy: 'Give an end in the future, or leave it out: then it holds until it is withdrawn.',
  };
}

export function consentMethodUnknown(methods: readonly string[]): ConsentMethodUnknown {
  return { code: 'CONSENT_METHOD_UNKNOWN', message: 'Consent is not recorded in this way.', remedy: `Give one of: ${methods.join(', ')}.` };
}

/** `what`: the field, in words; never its content. */
export function consentTextInvalid(what: string, wanted: string): ConsentTextInvalid {
  return { code: 'CONSENT_TEXT_INVALID', message: `The ${what} cannot be recorded as given.`, remedy: `Give ${wanted}.` };
}
