import { createHmac, createPublicKey, hash, verify } from 'node:crypto';
import type { HmacSha256, Sha256 } from '@imprimatur/kernel';
import type { Ed25519Verify } from '@imprimatur/formats/merkle';

/** SPKI header of an Ed25519 key, before its 32 bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A text of 32 characters comes out of the engine so much faster than a buffer that making one of it afterwards still saves half. */
export const sha256: Sha256 = (bytes) => Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
export const hmacSha256: HmacSha256 = (key, message) => createHmac('sha256', key).update(message).digest();
export const ed25519Verify: Ed25519Verify = (publicKey, message, signature) =>
  verify(null, message, createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' }), signature);
