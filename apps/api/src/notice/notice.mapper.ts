import type { Notice } from '@imprimatur/domain/notices';
import { type AttestationId, type ConsentId, type RecallId, toPublicId } from '@imprimatur/kernel';

export function toNotice({ id, kind, about, daysLeft, until, exports, createdAt, readAt }: Notice): object {
  return {
    __typename: 'Notice',
    id: toPublicId('notice', id),
    kind: kind.toUpperCase().replace('-', '_'),
    consent: kind.startsWith('consent-') ? toPublicId('consent', about as ConsentId) : null,
    attestation: kind === 'attestation-ended' ? toPublicId('attestation', about as AttestationId) : null,
    recall: kind === 'recalled' ? toPublicId('recall', about as RecallId) : null,
    daysLeft,
    until,
    exports: exports.map((each) => toPublicId('export', each)),
    createdAt,
    readAt,
  };
}
