import { createPublicKey, hash, verify } from 'node:crypto';
import type { Ed25519Verify } from '@imprimatur/formats/merkle';
import type { Sha256 } from '@imprimatur/kernel';

/** SPKI header of an Ed25519 key, before its 32 bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');
export const ed25519Verify: Ed25519Verify = (publicKey, message, signature) =>
  verify(null, message, createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' }), signature);
