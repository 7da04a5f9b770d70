import type { Notice, NoticeKind } from '@imprimatur/domain/notices';
import { type AttestationId, type ConsentId, type RecallId, type TaskId, toPublicId, type WebhookId } from '@imprimatur/kernel';

export const toKindName = (kind: NoticeKind): string => kind.toUpperCase().replaceAll('-', '_');
export const fromKindName = (name: string): NoticeKind => name.toLowerCase().replaceAll('_', '-') as NoticeKind;

export function toNotice(notice: Notice): object {
  const { id, kind, daysLeft, until, exports, createdAt, readAt, mailedAt } = notice;
  return {
    __typename: 'Notice',
    id: toPublicId('notice', id),
    kind: toKindName(kind),
    ...aboutOf(notice),
    daysLeft,
    until,
    exports: exports.map((each) => toPublicId('export', each)),
    createdAt,
    readAt,
    mailedAt,
  };
}

/** The id goes into the field of its kind. */
function aboutOf({ kind, about }: Notice): object {
  const nothing = { consent: null, attestation: null, recall: null, task: null, webhook: null };
  if (kind === 'attestation-ended') return { ...nothing, attestation: toPublicId('attestation', about as AttestationId) };
  if (kind === 'recalled') return { ...nothing, recall: toPublicId('recall', about as RecallId) };
  if (kind === 'task-breached' || kind === 'task-delegated') return { ...nothing, task: toPublicId('task', about as TaskId) };
  if (kind === 'webhook-disabled') return { ...nothing, webhook: toPublicId('webhook', about as WebhookId) };
  return { ...nothing, consent: toPublicId('consent', about as ConsentId) };
}
