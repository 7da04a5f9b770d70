import { concatBytes, equalBytes, fromBase64, fromHex, type Sha256, toBase64, toHex, utf8 } from '@imprimatur/kernel';

const ED25519 = 1;
const KEY_ID_BYTES = 4;
const KEY_BYTES = 32;

/** Checks an Ed25519 signature; handed in by the caller. */
export type Ed25519Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** A log's public key under its name: C2SP signed-note's verifier key. */
export interface LogKey {
  /** The log's origin. */
  readonly name: string;
  /** 4 bytes. */
  readonly id: Uint8Array;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A tree head. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signed checkpoint, taken apart but not yet checked. */
export interface SignedCheckpoint extends Checkpoint {
  /** What was signed: everything up to and with the last line break before the empty line. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** SHA-256(name || LF || 0x01 || key), its first 4 bytes. */
export function keyIdOf(sha256: Sha256, name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)).subarray(0, KEY_ID_BYTES);
}

/** `<origin>+<8 hex digits>+<base64 of 0x01 and the key>`. */
export function formatVkey(sha256: Sha256, name: string, publicKey: Uint8Array): string {
  return `${name}+${toHex(keyIdOf(sha256, name, publicKey))}+${toBase64(concatBytes(Uint8Array.of(ED25519), publicKey))}`;
}

/** Null for anything that is not an Ed25519 verifier key whose id fits. */
export function parseVkey(sha256: Sha256, vkey: string): LogKey | null {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim());
  if (!match) return null;
  const [, name = '', idHex = '', encoded = ''] = match;
  const bytes = decoded(encoded);
  if (!bytes || bytes.length !== 1 + KEY_BYTES || bytes[0] !== ED25519) return null;
  const publicKey = bytes.subarray(1);
  const id = keyIdOf(sha256, name, publicKey);
  return equalBytes(id, fromHex(idHex)) ? { name, id, publicKey } : null;
}

/** The text to sign (C2SP tlog-checkpoint): origin, size, root, each on its line. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Text and signature as a signed note. */
export function signedNote(text: string, { name, keyId, signature }: NoteSignature): string {
  return `${text}\n— ${name} ${toBase64(concatBytes(keyId, signature))}\n`;
}

/** Takes a signed checkpoint apart; null for anything that is none. */
export function parseCheckpoint(note: string): SignedCheckpoint | null {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, cut + 1);
  const [origin, size, root] = text.split('\n');
  if (!origin || !size || !root || !/^(0|[1-9]\d{0,15})$/.test(size)) return null;
  const rootBytes = decoded(root);
  if (!rootBytes || rootBytes.length !== 32 || toBase64(rootBytes) !== root) return null;
  const signatures = note
    .slice(cut + 2, -1)
    .split('\n')
    .map(parseSignature);
  if (signatures.length === 0 || signatures.some((signature) => signature === null)) return null;
  return { origin, size: Number(size), root: rootBytes, text, signatures: signatures.filter((signature) => signature !== null) };
}

/** Whether `key` signed the checkpoint, and the checkpoint is of the log that the key is for. */
export function isSignedBy(checkpoint: SignedCheckpoint, key: LogKey, verify: Ed25519Verify): boolean {
  if (checkpoint.origin !== key.name) return false;
  const own = checkpoint.signatures.filter(({ name, keyId }) => name === key.name && equalBytes(keyId, key.id));
  const [only] = own;
  return own.length === 1 && only !== undefined && verify(key.publicKey, utf8(checkpoint.text), only.signature);
}

function parseSignature(line: string): NoteSignature | null {
  const match = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line);
  const bytes = match ? decoded(match[2] ?? '') : null;
  if (!match || !bytes || bytes.length <= KEY_ID_BYTES) return null;
  // a cosignature of another kind is longer; it is kept, and only its own verifier knows what to make of it
  return { name: match[1] ?? '', keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

function decoded(text: string): Uint8Array | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}
