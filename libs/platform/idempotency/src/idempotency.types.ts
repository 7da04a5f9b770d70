/** A row about to be taken for one request. */
export interface IdempotencyPlace {
  readonly id: string;
  readonly operation: string;
  readonly key: string;
  readonly requestDigest: Uint8Array;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
