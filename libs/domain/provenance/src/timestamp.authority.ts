/** Says when something existed (RFC 3161). */
export interface TimestampAuthority {
  /** DER of the TimeStampToken over SHA-256 of `message`. */
  stamp(message: Uint8Array): Promise<Uint8Array>;
}
