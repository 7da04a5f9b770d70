import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type AttestationInvalid = Refusal<'ATTESTATION_INVALID'>;
export type AttestationExists = Refusal<'ATTESTATION_EXISTS'>;
export type AttestationNeedsAnother = Refusal<'ATTESTATION_NEEDS_ANOTHER'>;
export type AttestationNotOpen = Refusal<'ATTESTATION_NOT_OPEN'>;
export type AttestationRefusal =
  NotFound | Forbidden | AttestationInvalid | AttestationExists | AttestationNeedsAnother | AttestationNotOpen;

export function attestationInvalid(what: string, wanted: string): AttestationInvalid {
  return { code: 'ATTESTATION_INVALID', message: `The ${what} of the attestation is not usable.`, remedy: `Give ${wanted}.` };
}

export function attestationExists(): AttestationExists {
  return {
    code: 'ATTESTATION_EXISTS',
    message: 'This face is attested already, or waits to be confirmed.',
    remedy: 'Have the one that waits confirmed, or end it first.',
  };
}

export function attestationNeedsAnother(): AttestationNeedsAnother {
  return {
    code: 'ATTESTATION_NEEDS_ANOTHER',
    message: 'What is said of a face takes two people, and you said it first.',
    remedy: 'Ask a colleague with the role approver or legal to look at the picture and confirm it.',
  };
}

/** `state`: as it is, in words. */
export function attestationNotOpen(state: string): AttestationNotOpen {
  return { code: 'ATTESTATION_NOT_OPEN', message: `The attestation is ${state}.`, remedy: 'Attest the face anew where it is needed.' };
}
