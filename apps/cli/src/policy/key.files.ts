import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../usage.error.js';

export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Reads an Ed25519 private key (PKCS #8, PEM). Throws UsageError; nothing of the file is ever part of its words. */
export async function readSigningKey(file: string): Promise<SigningKey> {
  const pem = await readPem(file);
  if (/ENCRYPTED/.test(pem))
    throw new UsageError(`${file} is locked by a passphrase: unlock it into a pipe (see imprimatur policy sign --help)`);
  const key = keyOr(() => createPrivateKey(pem), `${file} is no Ed25519 private key in PEM`);
  return { publicKey: rawOf(createPublicKey(key)), sign: (message) => sign(null, message, key) };
}

/** Reads an Ed25519 public key (SPKI, PEM): its 32 bytes. Throws UsageError. */
export async function readVerifyingKey(file: string): Promise<Uint8Array> {
  const pem = await readPem(file);
  if (/PRIVATE KEY/.test(pem))
    throw new UsageError(`${file} is a private key: whoever verifies needs the public one, and should have no other`);
  return rawOf(keyOr(() => createPublicKey(pem), `${file} is no Ed25519 public key in PEM`));
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function keyOr(read: () => KeyObject, words: string): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw new UsageError(words);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new UsageError(`${words}: it is ${key.asymmetricKeyType ?? 'of another kind'}`);
  return key;
}

/** An Ed25519 SPKI ends in the key itself. */
function rawOf(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}
