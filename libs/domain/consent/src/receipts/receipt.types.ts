import type { ConsentId, EntryId, ReceiptId, SubjectId, TenantId } from '@imprimatur/kernel';

/** A person was given, in writing, what they agreed to, and the means to take it back. */
export interface ConsentReceipt {
  readonly id: ReceiptId;
  readonly consent: ConsentId;
  /** Of the consent, when it was issued. */
  readonly version: number;
  /** The depicted person. */
  readonly subject: SubjectId;
  /** `consent.receipt-issued`: its part `receipt` is what the person was given. */
  readonly entry: EntryId;
  readonly issuedBy: SubjectId | null;
  readonly issuedAt: Date;
  /** When a later one replaced it; null: it opens what it speaks of. */
  readonly endedAt: Date | null;
}

/** What a capability opens. */
export interface HeldReceipt extends ConsentReceipt {
  readonly tenant: TenantId;
}

export interface NewReceipt {
  readonly receipt: ConsentReceipt;
  /** `imr_` and 43 characters of base64url (32 random bytes). Told once; only its hash is kept. */
  readonly capability: string;
}

export interface ReceiptSlice {
  readonly consent: ConsentId;
  readonly first: number;
  /** Id of the last receipt of the page before; null: from the start. */
  readonly after: string | null;
}
