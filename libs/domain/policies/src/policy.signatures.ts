import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Fault } from '@imprimatur/kernel';
import { type BundleFiles, checkSignature, fingerprintOf, type SignatureTools } from '@imprimatur/formats/policy';
import { Inject, Injectable } from '@nestjs/common';
import { bundleNotSigned, type BundleNotSigned } from './policy.refusals.js';

/** Injection token: the keys that may sign bundles (KeyObject, Ed25519, public). None: nobody has to. */
export const POLICY_KEYS = Symbol('keys that may sign bundles');

const PUBLIC_PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

/** Whether a bundle is signed by one of the keys that this installation was told of. */
@Injectable()
export class BundleSignatures {
  constructor(@Inject(POLICY_KEYS) private readonly keys: readonly KeyObject[]) {}

  get isDemanded(): boolean {
    return this.keys.length > 0;
  }

  /** Null: it is, or nobody demands it. `bundleHash` is that of `files`. */
  refusal(files: BundleFiles, bundleHash: string): BundleNotSigned | null {
    if (!this.isDemanded) return null;
    const checks = this.keys.map((key) => checkSignature(files, bundleHash, rawOf(key), toolsOf(key)));
    if (checks.some(({ status }) => status === 'good')) return null;
    const telling = checks.find(({ status }) => status !== 'other key');
    return bundleNotSigned(
      telling?.words ?? `Its signature names none of them: ${this.keys.map((key) => fingerprintOf(rawOf(key), sha256)).join(', ')}.`,
    );
  }
}

/** Reads PEM files of Ed25519 public keys, one or several in each. Throws Fault POLICY_KEYS_INVALID: a demand that cannot be met is no demand to forget. */
export function readPolicyKeys(files: readonly string[]): readonly KeyObject[] {
  return files.flatMap((file) => {
    try {
      const pems = readFileSync(file, 'utf8').match(PUBLIC_PEM) ?? [];
      const keys = pems.map((pem) => createPublicKey(pem));
      if (keys.length > 0 && keys.every(({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519')) return keys;
    } catch (cause) {
      throw keysInvalid(file, cause);
    }
    throw keysInvalid(file);
  });
}

function keysInvalid(file: string, cause?: unknown): Fault {
  const message = `IMPRIMATUR_POLICY_KEYS: ${file} does not hold Ed25519 public keys in PEM`;
  return new Fault({ room: 'policies', code: 'POLICY_KEYS_INVALID', message, safe: true, cause });
}

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/** An Ed25519 SPKI ends in the key itself. */
function rawOf(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

function toolsOf(key: KeyObject): SignatureTools {
  return { sha256, ed25519Verify: (_raw, message, signature) => verify(null, message, key, signature) };
}
