import type { NewEvent } from '@imprimatur/domain/ledger';
import { type JsonObject, type SubjectId, toPublicId } from '@imprimatur/kernel';
import type { ConsentReceipt } from './receipt.types.js';

/** What the person was given goes with the person; that something was given stays. `replaces`: how many earlier receipts end with it. */
export function receiptIssued(
  { id, consent, version, subject }: Pick<ConsentReceipt, 'id' | 'consent' | 'version'> & { readonly subject: SubjectId },
  document: JsonObject,
  replaces: number,
): NewEvent {
  return {
    type: 'consent.receipt-issued',
    about: [{ kind: 'consent', id: consent }],
    facts: { receipt: toPublicId('receipt', id), version, replaces },
    parts: { receipt: { value: document, subjects: [subject] } },
  };
}
