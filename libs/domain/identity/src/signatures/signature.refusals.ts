import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';
import type { RoleCooling } from '../grants/grant.refusals.js';

export type SignatureRequired = Refusal<'SIGNATURE_REQUIRED'>;
export type SignatureInvalid = Refusal<'SIGNATURE_INVALID'>;
export type SignatureOtherStatement = Refusal<'SIGNATURE_OTHER_STATEMENT'>;
export type StatementUnknown = Refusal<'STATEMENT_UNKNOWN'>;
export type CredentialMissing = Refusal<'CREDENTIAL_MISSING'>;
export type CredentialInvalid = Refusal<'CREDENTIAL_INVALID'>;
export type SignaturesNotConfigured = Refusal<'SIGNATURES_NOT_CONFIGURED'>;

/** Why a decision does not stand as far as the person and the hand are concerned. */
export type HandRefusal = Forbidden | RoleCooling | SignatureRequired | SignatureInvalid | SignatureOtherStatement | StatementUnknown;
export type CredentialRefusal = HandRefusal | NotFound | CredentialMissing | CredentialInvalid | SignaturesNotConfigured;

const SIGN = 'Call beginStatement, let the authenticator sign its challenge, and send the assertion along under a fresh idempotency key.';

export function signatureRequired(hasCredential: boolean): SignatureRequired {
  return {
    code: 'SIGNATURE_REQUIRED',
    message: 'This decision is signed by the person who takes it.',
    remedy: hasCredential ? SIGN : `Enrol an authenticator with beginCredential and finishCredential. ${SIGN}`,
  };
}

/** `why` is words of ours or of the library's; both are about the form of the answer, and tell no secret. */
export function signatureInvalid(why: string): SignatureInvalid {
  return { code: 'SIGNATURE_INVALID', message: `The signature does not hold: ${why.slice(0, 200)}.`, remedy: SIGN };
}

export function signatureOtherStatement(): SignatureOtherStatement {
  return {
    code: 'SIGNATURE_OTHER_STATEMENT',
    message: 'What was signed is not what is asked for now.',
    remedy:
      'Something differs: the reason, the outcome, the picture, or the policy has changed since. Begin a statement again and sign that.',
  };
}

export function statementUnknown(): StatementUnknown {
  return {
    code: 'STATEMENT_UNKNOWN',
    message: 'No challenge of yours waits for this answer: it was used already, or is older than five minutes.',
    remedy: 'Begin again, and answer within five minutes.',
  };
}

export function credentialMissing(): CredentialMissing {
  return {
    code: 'CREDENTIAL_MISSING',
    message: 'You have no authenticator to sign with.',
    remedy: 'Enrol one with beginCredential and finishCredential.',
  };
}

export function credentialInvalid(why: string): CredentialInvalid {
  return {
    code: 'CREDENTIAL_INVALID',
    message: `The authenticator cannot be enrolled: ${why.slice(0, 200)}.`,
    remedy: 'Call beginCredential and hand its options to navigator.credentials.create as they are.',
  };
}

export function signaturesNotConfigured(): SignaturesNotConfigured {
  return {
    code: 'SIGNATURES_NOT_CONFIGURED',
    message: 'This service does not know the domain that authenticators are enrolled for.',
    remedy: 'Its operator sets IMPRIMATUR_WEBAUTHN_RP_ID and IMPRIMATUR_WEBAUTHN_ORIGINS.',
  };
}
