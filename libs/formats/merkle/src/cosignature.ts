import { concatBytes, equalBytes, type Sha256, utf8 } from '@imprimatur/kernel';
import { type Ed25519Verify, type NoteSignature, type SignedCheckpoint, type WitnessKey, witnessKeyIdOf } from './note.js';

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** What a witness signs (C2SP tlog-cosignature, Ed25519): `seconds` since the epoch, and the whole body of the note. */
export function cosignatureMessage(seconds: number, checkpointText: string): Uint8Array {
  return utf8(`cosignature/v1\ntime ${seconds}\n${checkpointText}`);
}

/** A witness's signature line, from its 64-byte Ed25519 signature over `cosignatureMessage`. */
export function cosignature(
  sha256: Sha256,
  witness: { readonly name: string; readonly publicKey: Uint8Array },
  seconds: number,
  signature: Uint8Array,
): NoteSignature {
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  return { name: witness.name, keyId: witnessKeyIdOf(sha256, witness.name, witness.publicKey), signature: concatBytes(time, signature) };
}

/** When this witness cosigned the checkpoint, in seconds since the epoch; null: it did not, or the cosignature does not verify. */
export function verifyCosignature(
  checkpoint: Pick<SignedCheckpoint, 'text' | 'signatures'>,
  witness: WitnessKey,
  verify: Ed25519Verify,
): { readonly time: number } | null {
  const own = checkpoint.signatures.filter(({ name, keyId }) => name === witness.name && equalBytes(keyId, witness.id));
  const times = own.flatMap(({ signature }) => {
    if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return [];
    const seconds = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
    const message = cosignatureMessage(seconds, checkpoint.text);
    return Number.isSafeInteger(seconds) && verify(witness.publicKey, message, signature.subarray(TIME_BYTES)) ? [seconds] : [];
  });
  return times.length === 0 ? null : { time: Math.max(...times) };
}
