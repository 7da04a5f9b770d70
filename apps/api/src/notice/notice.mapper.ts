import type { Notice } from '@imprimatur/domain/notices';
import { type AttestationId, type ConsentId, toPublicId } from '@imprimatur/kernel';

export function toNotice({ id, kind, about, daysLeft, until, exports, createdAt, readAt }: Notice): object {
  const isAttestation = kind === 'attestation-ended';
  return {
    __typename: 'Notice',
    id: toPublicId('notice', id),
    kind: kind.toUpperCase().replace('-', '_'),
    consent: isAttestation ? null : toPublicId('consent', about as ConsentId),
    attestation: isAttestation ? toPublicId('attestation', about as AttestationId) : null,
    daysLeft,
    until,
    exports: exports.map((each) => toPublicId('export', each)),
    createdAt,
    readAt,
  };
}
