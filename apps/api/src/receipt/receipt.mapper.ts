import type { ConsentReceipt } from '@imprimatur/domain/consent';
import type { ReceiptStanding } from '@imprimatur/flows/consents';
import { toPublicId } from '@imprimatur/kernel';

/** What the fields `document` and `proof` start from. */
export interface ReceiptParent {
  readonly __typename: 'ConsentReceipt';
  readonly receipt: ConsentReceipt;
}

export function toReceipt(receipt: ConsentReceipt): ReceiptParent & Record<string, unknown> {
  const { id, consent, version, issuedAt, issuedBy, endedAt } = receipt;
  return {
    __typename: 'ConsentReceipt',
    receipt,
    id: toPublicId('receipt', id),
    consent: toPublicId('consent', consent),
    version,
    issuedAt,
    issuedBy: issuedBy && toPublicId('subject', issuedBy),
    endedAt,
  };
}

/** For whoever holds it: the answer of `GET /receipts/{id}`. */
export function toHolder(standing: ReceiptStanding): object {
  const { document, proof, consent, uses, hasMoreUses } = standing;
  return {
    receipt: document,
    proof,
    consent,
    uses: uses.map((use) => ({ ...use, export: toPublicId('export', use.export) })),
    hasMoreUses,
  };
}
