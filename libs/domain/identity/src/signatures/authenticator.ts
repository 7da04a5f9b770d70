import { createPublicKey, verify } from 'node:crypto';
import { sha256 } from '@imprimatur/domain/ledger';
import {
  assertionText,
  type Assertion,
  isOriginOf,
  type Matter,
  PERSON_ALGORITHMS,
  type PersonVerify,
  readPersonKey,
  SIGNED_TYPES,
  verifyPersonSignature,
} from '@imprimatur/formats/ledger';
import { type Context, refuse, ok, type Result, toBase64Url, utf8 } from '@imprimatur/kernel';
import type { WebauthnConfig } from '@imprimatur/platform/config';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import type { Attestation, Credential } from './credential.types.js';
import type { Hand } from './hand.js';
import { type CredentialInvalid, credentialInvalid, type SignatureInvalid, signatureInvalid } from './signature.refusals.js';

export interface EnrolledAuthenticator {
  readonly credentialId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signCount: number;
  /** Model of the authenticator, as far as it tells. */
  readonly aaguid: string;
  /** The private key may be on several devices: a passkey that is synchronised. */
  readonly isBackedUp: boolean;
}

const TYPE = 'public-key';

/** What the library throws is its way of saying no: the words are kept, as a refusal. */
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message.replace(/\.$/, '') : 'it cannot be read');

/** Checks a new authenticator's answer to `challenge`. */
export async function checkAttestation(
  { credentialId: id, attestationObject, clientDataJSON }: Attestation,
  challenge: Uint8Array,
  { rpId, origins }: WebauthnConfig,
): Promise<Result<EnrolledAuthenticator, CredentialInvalid>> {
  try {
    // none is asked for, and no other is read: certificates that a stranger sends could have the service fetch what they name
    const object = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
    if (object.get('fmt') !== 'none') return refuse(credentialInvalid('it brings an attestation, and none was asked for'));
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId: id, type: TYPE, response: { attestationObject, clientDataJSON }, clientExtensionResults: {} },
      expectedChallenge: toBase64Url(challenge),
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...PERSON_ALGORITHMS],
    });
    if (!verified) return refuse(credentialInvalid('its answer does not hold'));
    const { aaguid, credential, credentialBackedUp } = registrationInfo;
    if (!readPersonKey(credential.publicKey)) return refuse(credentialInvalid('its key is of a kind that nobody could check later'));
    return ok({
      credentialId: new Uint8Array(Buffer.from(credential.id, 'base64url')),
      publicKey: new Uint8Array(credential.publicKey),
      signCount: credential.counter,
      aaguid,
      isBackedUp: credentialBackedUp,
    });
  } catch (error) {
    return refuse(credentialInvalid(wordsOf(error)));
  }
}

/** Checks that `credential` signed `challenge`, here and now; answers what the authenticator has counted to. */
export async function checkAssertion(
  { credentialId: id, ...response }: Assertion,
  challenge: string,
  credential: Credential,
  { rpId, origins }: WebauthnConfig,
): Promise<Result<number, SignatureInvalid>> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { id, rawId: id, type: TYPE, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: true,
      credential: { id, publicKey: new Uint8Array(credential.publicKey), counter: credential.signCount },
    });
    // what is kept must hold for those who check it later, without this service's list of origins
    if (!isOriginOf(authenticationInfo.origin, rpId)) return refuse(signatureInvalid('it was signed on the page of somebody else'));
    return verified ? ok(authenticationInfo.newCounter) : refuse(signatureInvalid('it is not by your authenticator'));
  } catch (error) {
    return refuse(signatureInvalid(wordsOf(error)));
  }
}

/** Without the padding that some clients send: those who check it later read none. */
export function unpadded({ credentialId, authenticatorData, clientDataJSON, signature }: Assertion): Assertion {
  const bare = (text: string): string => text.replace(/={1,2}$/, '');
  return {
    ...{ credentialId: bare(credentialId), authenticatorData: bare(authenticatorData) },
    ...{ clientDataJSON: bare(clientDataJSON), signature: bare(signature) },
  };
}

/**
 * The hand's signature as it will stand in the entry of `matter`, once those who have nothing but the log find it good: the library lets pass what they
 * do not, and a decision must not be signed for the service alone.
 */
export async function keptSignature(
  { tenant, actor }: Context,
  { kind, object, outcome, bundle }: Matter,
  { over, statement }: { readonly over: string; readonly statement: string },
  assertion: Assertion,
  { credentialId, publicKey, rpId }: Credential,
): Promise<Result<NonNullable<Hand['signed']>, SignatureInvalid>> {
  const value = assertionText(assertion);
  const entry = {
    ...{ type: SIGNED_TYPES[kind], tenant, actor: { kind: actor.kind, ref: actor.ref, role: actor.roles[0] ?? '' } },
    ...{ about: [{ kind: 'object', id: object }], facts: { outcome, bundle }, signature: { kind: 'webauthn' as const, over, value } },
  };
  const key = { credentialId: toBase64Url(credentialId), publicKey: toBase64Url(publicKey), rpId, ref: actor.ref };
  const report = await verifyPersonSignature(entry, utf8(statement), key, { sha256, personVerify });
  return report.status === 'good' ? ok({ over, value, statement }) : refuse(signatureInvalid(report.why));
}

/** A key that cannot be one is as good as a wrong signature. */
const personVerify: PersonVerify = ({ alg, jwk }, message, signature) => {
  try {
    return verify(alg === 'EdDSA' ? null : 'sha256', message, createPublicKey({ key: { ...jwk }, format: 'jwk' }), signature);
  } catch {
    return false;
  }
};
