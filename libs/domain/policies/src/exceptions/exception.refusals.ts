import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { ExceptionState } from './exception.types.js';

export type ExceptionInvalid = Refusal<'EXCEPTION_INVALID'>;
export type RuleNotExceptable = Refusal<'RULE_NOT_EXCEPTABLE'>;
export type ExceptionNeedsAnother = Refusal<'EXCEPTION_NEEDS_ANOTHER'>;
export type ExceptionNotOpen = Refusal<'EXCEPTION_NOT_OPEN'>;
export type ExceptionRefusal = NotFound | Forbidden | ExceptionInvalid | RuleNotExceptable | ExceptionNeedsAnother | ExceptionNotOpen;

export function exceptionInvalid(what: string, wanted: string): ExceptionInvalid {
  return { code: 'EXCEPTION_INVALID', message: `The ${what} of the exception is not usable.`, remedy: `Give ${wanted}.` };
}

export function ruleNotExceptable(rule: string, why: string): RuleNotExceptable {
  return {
    code: 'RULE_NOT_EXCEPTABLE',
    message: `There is no exception from ${rule}: ${why}.`,
    remedy: 'Name a rule of the active policy that holds or throttles an edit before it is made, or change the policy itself.',
  };
}

export function exceptionNeedsAnother(): ExceptionNeedsAnother {
  return {
    code: 'EXCEPTION_NEEDS_ANOTHER',
    message: 'An exception takes two people: you asked for it, or it is for your own edits.',
    remedy: 'Ask a colleague with the role legal or policy-admin.',
  };
}

export function exceptionNotOpen(state: ExceptionState, wanted: string): ExceptionNotOpen {
  return {
    code: 'EXCEPTION_NOT_OPEN',
    message: `The exception is ${state}; ${wanted}.`,
    remedy: 'Propose a new one where it is needed again.',
  };
}
