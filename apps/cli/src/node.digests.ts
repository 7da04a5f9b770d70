import { createHmac, createPublicKey, hash, verify } from 'node:crypto';
import type { PersonVerify } from '@imprimatur/formats/ledger';
import type { Ed25519Verify } from '@imprimatur/formats/merkle';
import type { HmacSha256, Sha256 } from '@imprimatur/kernel';

/** DER header of an Ed25519 public key, before its 32 bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');
export const hmacSha256: HmacSha256 = (key, message) => createHmac('sha256', key).update(message).digest();
export const ed25519Verify: Ed25519Verify = (publicKey, message, signature) =>
  verify(null, message, createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' }), signature);
/** A key that cannot be one is as good as a wrong signature. */
export const personVerify: PersonVerify = ({ alg, jwk }, message, signature) => {
  try {
    return verify(alg === 'EdDSA' ? null : 'sha256', message, createPublicKey({ key: { ...jwk }, format: 'jwk' }), signature);
  } catch {
    return false;
  }
};
