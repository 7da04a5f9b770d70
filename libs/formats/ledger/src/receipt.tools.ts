import type { HmacSha256, Sha256 } from '@imprimatur/kernel';
import type { Ed25519Verify, LogKey, WitnessPolicy } from '@imprimatur/formats/merkle';

/** The tools that the caller hands in, and the log keys it knew before it saw the receipt. */
export interface ReceiptTools {
  readonly sha256: Sha256;
  readonly hmacSha256: HmacSha256;
  readonly ed25519Verify: Ed25519Verify;
  /** Pinned by the verifier; a key that comes with the receipt counts for nothing. */
  readonly logKeys: readonly LogKey[];
  /** The witnesses that the verifier believes, brought along by itself; without one everything is 'operator only'. */
  readonly policy?: WitnessPolicy;
}
