export type SigningAlgorithm = 'es256' | 'es384' | 'es512' | 'ps256' | 'ed25519';

/** Where the claim-signing key lives: a PEM file, a PKCS#11 token, a cloud KMS. The key never leaves it. */
export interface ManifestSigner {
  readonly algorithm: SigningAlgorithm;
  /** DER, the leaf first, without the root. */
  readonly certificateChain: readonly Uint8Array[];
  /** The raw signature of COSE: r and s side by side for ECDSA. */
  sign(toBeSigned: Uint8Array): Promise<Uint8Array>;
}
