import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sealBroken } from './key.faults.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM. `key` is 32 bytes; answers nonce (12), ciphertext, tag (16) in one piece. */
export function seal(key: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The inverse of `seal`. Throws Fault SEAL_BROKEN when a byte, the key or the associated data differ. */
export function open(key: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(associated);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw sealBroken(cause);
  }
}
