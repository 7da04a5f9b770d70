import { concatBytes, equalBytes, fromBase64, fromHex, type Sha256, toBase64, toHex, utf8 } from '@imprimatur/kernel';

const ED25519 = 1;
const COSIGNATURE = 4;
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

/** A witness's public key under its name. The same three fields as a log's, and another kind of signature. */
export type WitnessKey = LogKey;

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
  return idOf(sha256, name, ED25519, publicKey);
}

/** The same for a witness, whose keys are of type 0x04 (C2SP tlog-cosignature). */
export function witnessKeyIdOf(sha256: Sha256, name: string, publicKey: Uint8Array): Uint8Array {
  return idOf(sha256, name, COSIGNATURE, publicKey);
}

/** `<origin>+<8 hex digits>+<base64 of 0x01 and the key>`. */
export function formatVkey(sha256: Sha256, name: string, publicKey: Uint8Array): string {
  return formatOf(sha256, name, ED25519, publicKey);
}

/** `<witness name>+<8 hex digits>+<base64 of 0x04 and the key>`. */
export function formatWitnessVkey(sha256: Sha256, name: string, publicKey: Uint8Array): string {
  return formatOf(sha256, name, COSIGNATURE, publicKey);
}

/** Null for anything that is not an Ed25519 verifier key of a log whose id fits. */
export function parseVkey(sha256: Sha256, vkey: string): LogKey | null {
  return parseOf(sha256, ED25519, vkey);
}

/** Null for anything that is not a verifier key of an Ed25519 cosigner whose id fits. */
export function parseWitnessVkey(sha256: Sha256, vkey: string): WitnessKey | null {
  return parseOf(sha256, COSIGNATURE, vkey);
}

function idOf(sha256: Sha256, name: string, type: number, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).subarray(0, KEY_ID_BYTES);
}

function formatOf(sha256: Sha256, name: string, type: number, publicKey: Uint8Array): string {
  return `${name}+${toHex(idOf(sha256, name, type, publicKey))}+${toBase64(concatBytes(Uint8Array.of(type), publicKey))}`;
}

function parseOf(sha256: Sha256, type: number, vkey: string): LogKey | null {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim());
  if (!match) return null;
  const [, name = '', idHex = '', encoded = ''] = match;
  const bytes = decoded(encoded);
  if (!bytes || bytes.length !== 1 + KEY_BYTES || bytes[0] !== type) return null;
  const publicKey = bytes.subarray(1);
  const id = idOf(sha256, name, type, publicKey);
  return equalBytes(id, fromHex(idHex)) ? { name, id, publicKey } : null;
}

/** The text to sign (C2SP tlog-checkpoint): origin, size, root, each on its line. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Text and signatures as a signed note. */
export function signedNote(text: string, ...signatures: readonly NoteSignature[]): string {
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}

/** One signature as it stands under a note, with its line break. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(concatBytes(keyId, signature))}\n`;
}

/** Signature lines, as a witness answers them; null when a line is none. */
export function parseSignatureLines(text: string): readonly NoteSignature[] | null {
  if (!text.endsWith('\n')) return null;
  const signatures = text.slice(0, -1).split('\n').map(parseSignature);
  return signatures.some((signature) => signature === null) ? null : signatures.filter((signature) => signature !== null);
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
  const signatures = parseSignatureLines(note.slice(cut + 2));
  return signatures && { origin, size: Number(size), root: rootBytes, text, signatures };
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
