import type { Absence, Reviewer } from '@imprimatur/domain/review';
import type { QueueView } from '@imprimatur/flows/queues';
import { toPublicId } from '@imprimatur/kernel';
import { toTask } from './review.mapper.js';

export function toQueue({ queue, title, priority, hours, waiting, claimed, breached, oldestAt }: QueueView): object {
  return { id: queue, title, priority, hours, waiting, claimed, breached, oldestAt };
}

export function toAbsence({ from, until, deputy }: Absence): object {
  return { from, until, deputy: deputy && toPublicId('subject', deputy) };
}

export function toReviewer({ subject, ref, name, seenAt, absence, holds }: Reviewer): object {
  return {
    id: toPublicId('subject', subject),
    ref,
    displayName: name,
    lastSeenAt: seenAt,
    absence: absence && toAbsence(absence),
    holds: holds.map(toTask),
  };
}
