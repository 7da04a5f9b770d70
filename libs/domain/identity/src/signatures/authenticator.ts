import { isOriginOf, PERSON_ALGORITHMS, type Assertion } from '@imprimatur/formats/ledger';
import { refuse, ok, type Result, toBase64Url } from '@imprimatur/kernel';
import type { WebauthnConfig } from '@imprimatur/platform/config';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import type { Attestation, Credential } from './credential.types.js';
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
