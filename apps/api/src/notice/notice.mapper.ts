import type { Notice } from '@imprimatur/domain/notices';
import { type AttestationId, type ConsentId, type TaskId, toPublicId } from '@imprimatur/kernel';

export function toNotice({ id, kind, about, daysLeft, until, exports, createdAt, readAt }: Notice): object {
  return {
    __typename: 'Notice',
    id: toPublicId('notice', id),
    kind: kind.toUpperCase().replace('-', '_'),
    consent: kind.startsWith('consent-') ? toPublicId('consent', about as ConsentId) : null,
    attestation: kind === 'attestation-ended' ? toPublicId('attestation', about as AttestationId) : null,
    task: kind.startsWith('task-') ? toPublicId('task', about as TaskId) : null,
    daysLeft,
    until,
    exports: exports.map((each) => toPublicId('export', each)),
    createdAt,
    readAt,
  };
}
