import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import { REPRESENTATIVE_BASES, REPRESENTATIVE_KINDS } from './consent.types.js';

export type ConsentScopeInvalid = Refusal<'CONSENT_SCOPE_INVALID'>;
export type ConsentPeriodInvalid = Refusal<'CONSENT_PERIOD_INVALID'>;
export type ConsentMethodUnknown = Refusal<'CONSENT_METHOD_UNKNOWN'>;
export type ConsentTextInvalid = Refusal<'CONSENT_TEXT_INVALID'>;
export type GuardianMissing = Refusal<'CONSENT_GUARDIAN_MISSING'>;
export type RepresentativeInvalid = Refusal<'CONSENT_REPRESENTATIVE_INVALID'>;
export type ConsentReleaseUnknown = Refusal<'CONSENT_RELEASE_UNKNOWN'>;
export type ConsentEnded = Refusal<'CONSENT_ENDED'>;
export type ConsentEvidenceInvalid = Refusal<'CONSENT_EVIDENCE_INVALID'>;
export type ConsentRefusal =
  | NotFound
  | Forbidden
  | ConsentScopeInvalid
  | ConsentPeriodInvalid
  | ConsentMethodUnknown
  | ConsentTextInvalid
  | GuardianMissing
  | RepresentativeInvalid
  | ConsentReleaseUnknown
  | ConsentEnded
  | ConsentEvidenceInvalid;

/** `part`: which of the lists, in words. */
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

export function guardianMissing(): GuardianMissing {
  return {
    code: 'CONSENT_GUARDIAN_MISSING',
    message: 'A minor cannot agree alone: the record names no guardian.',
    remedy: 'Give the guardian who signed, with the basis on which they may; for somebody who died, the representative of the estate.',
  };
}

export function representativeInvalid(): RepresentativeInvalid {
  const kinds = REPRESENTATIVE_KINDS.map((kind) => `${kind} (${REPRESENTATIVE_BASES[kind].join(', ')})`).join(' or ');
  return {
    code: 'CONSENT_REPRESENTATIVE_INVALID',
    message: 'Who signed for the person is not understood.',
    remedy: `Give a name of 1 to 200 characters and a kind with its basis: ${kinds}.`,
  };
}

/** `of`: model or property. */
export function consentReleaseUnknown(of: string, codes: readonly string[]): ConsentReleaseUnknown {
  return {
    code: 'CONSENT_RELEASE_UNKNOWN',
    message: `The ${of} release is none of the codes of PLUS.`,
    remedy: `Give one of ${codes.join(', ')}, or leave it out.`,
  };
}

export function consentEnded(): ConsentEnded {
  return {
    code: 'CONSENT_ENDED',
    message: 'This consent was withdrawn, or its time is over: it cannot be changed any more.',
    remedy: 'Register a new consent with what the person agrees to now.',
  };
}

export function consentEvidenceInvalid(message: string, remedy: string): ConsentEvidenceInvalid {
  return { code: 'CONSENT_EVIDENCE_INVALID', message, remedy };
}
