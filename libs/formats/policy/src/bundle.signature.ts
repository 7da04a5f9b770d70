import { z } from 'zod';
import { canonicalBytes, concatBytes, fromBase64, fromHex, toBase64, toHex, utf8, type Sha256 } from '@imprimatur/kernel';
import { SIGNATURE_FILE } from './bundle.hash.js';
import type { BundleFiles } from './bundle.files.js';

/** Keeps a signature over a bundle from being one over anything else that the same key signs. */
const CONTEXT = 'imprimatur/bundle/v1';

/** `bundle.sig`, version 1: canonical JSON and a newline. */
const format = z.strictObject({
  v: z.literal(1),
  /** Hex SHA-256: the hash of the bundle. */
  bundle: z.string().regex(/^[0-9a-f]{64}$/),
  /** Hex SHA-256 of the 32 bytes of the public key: which key to look for, not whom to believe. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** Ed25519, base64, 64 bytes. */
  signature: z.base64().length(88),
});
export type BundleSignature = Readonly<z.output<typeof format>>;

export interface SignatureTools {
  readonly sha256: Sha256;
  /** Ed25519 with the public key's 32 bytes. */
  readonly ed25519Verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

export type SignatureCheck =
  | { readonly status: 'good'; readonly words: string }
  | { readonly status: 'unsigned' | 'unreadable' | 'other key' | 'other content' | 'forged'; readonly words: string };

/** What is signed: `imprimatur/bundle/v1`, a zero byte, and the 32 bytes of the bundle's hash (hex). */
export function signedBytes(bundleHash: string): Uint8Array {
  return concatBytes(utf8(CONTEXT), Uint8Array.of(0), fromHex(bundleHash));
}

/** The text of `bundle.sig`. `sign` is Ed25519 with the private key of `publicKey` (32 bytes). */
export function signBundle(bundleHash: string, publicKey: Uint8Array, sign: (message: Uint8Array) => Uint8Array, sha256: Sha256): string {
  const signature: BundleSignature = {
    v: 1,
    bundle: bundleHash,
    key: fingerprintOf(publicKey, sha256),
    signature: toBase64(sign(signedBytes(bundleHash))),
  };
  return `${new TextDecoder().decode(canonicalBytes(signature))}\n`;
}

/** Null: it is no signature of a version that is known here. */
export function readSignature(text: string): BundleSignature | null {
  try {
    const read = format.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Whether `files` are what the holder of `publicKey` (32 bytes) signed. `bundleHash` is theirs. */
export function checkSignature(files: BundleFiles, bundleHash: string, publicKey: Uint8Array, tools: SignatureTools): SignatureCheck {
  const text = files[SIGNATURE_FILE];
  if (text === undefined) return { status: 'unsigned', words: `There is no ${SIGNATURE_FILE}: nobody signed this bundle.` };
  const read = readSignature(text);
  if (read === null) return { status: 'unreadable', words: `${SIGNATURE_FILE} is no signature of a version that is known here.` };
  const given = fingerprintOf(publicKey, tools.sha256);
  if (read.key !== given) return { status: 'other key', words: `It names the key ${read.key}, and the key given is ${given}.` };
  if (read.bundle !== bundleHash)
    return {
      status: 'other content',
      words: `The content is not what was signed: its hash is ${bundleHash}, and ${read.bundle} was signed.`,
    };
  return tools.ed25519Verify(publicKey, signedBytes(bundleHash), fromBase64(read.signature))
    ? { status: 'good', words: `The content is what the holder of the key ${given} signed.` }
    : { status: 'forged', words: `${SIGNATURE_FILE} names the key, and the key did not make it.` };
}

export function fingerprintOf(publicKey: Uint8Array, sha256: Sha256): string {
  return toHex(sha256(publicKey));
}
