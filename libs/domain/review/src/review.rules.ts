import { equalBytes, type SubjectId } from '@imprimatur/kernel';
import {
  alreadyClaimed,
  alreadyDecided,
  leaseLost,
  reasonCodeUnknown,
  reasonRequired,
  selfApproval,
  staleContent,
  taskVoided,
  type ReviewRefusal,
} from './review.refusals.js';
import type { NewDecision, NewTask, ReviewTask } from './review.types.js';

/** A task under lock with what only this room may see: the token of its claim, and whether its lease still runs. */
export interface HeldTask {
  readonly task: ReviewTask;
  readonly token: string | null;
  readonly isLeaseRunning: boolean;
}

/** Separation of duties: why `reviewer` may not decide, or null. The database refuses the same by itself. */
export function ownHand(
  { requester, lastEditor, depicted }: Pick<NewTask, 'requester' | 'lastEditor' | 'depicted'>,
  reviewer: SubjectId,
): ReviewRefusal | null {
  if (requester === reviewer) return selfApproval('you asked for it');
  if (lastEditor === reviewer) return selfApproval('you made the last change');
  return depicted.includes(reviewer) ? selfApproval('you are shown in it') : null;
}

/** Why nobody can act on a task that has ended, or null. */
export function ended(task: ReviewTask): ReviewRefusal | null {
  if (task.state === 'decided') return alreadyDecided();
  return task.state === 'voided' || task.contentDigest === null ? taskVoided() : null;
}

/** Why `reviewer` may not claim the task now, or null. Whoever holds it may claim it again, for a new token. */
export function claimRefused({ task, isLeaseRunning }: HeldTask, reviewer: SubjectId): ReviewRefusal | null {
  const refused = ownHand(task, reviewer) ?? ended(task);
  if (refused) return refused;
  return isLeaseRunning && task.claim?.by !== reviewer ? alreadyClaimed() : null;
}

/** Why `reviewer` with this token does not hold the task, or null. */
export function holdRefused({ task, token, isLeaseRunning }: HeldTask, reviewer: SubjectId, given: string): ReviewRefusal | null {
  const refused = ended(task);
  if (refused) return refused;
  return isLeaseRunning && task.claim?.by === reviewer && token === given ? null : leaseLost();
}

/** Why the decision does not stand, or null. The duty to stay out of it comes first: it holds whatever else is right. */
export function decisionRefused(held: HeldTask, reviewer: SubjectId, decision: NewDecision): ReviewRefusal | null {
  return (
    ownHand(held.task, reviewer) ??
    holdRefused(held, reviewer, decision.token) ??
    (held.task.contentDigest !== null && equalBytes(held.task.contentDigest, decision.contentDigest) ? null : staleContent()) ??
    reasonRefused(decision)
  );
}

function reasonRefused({ outcome, reasonCode, text, policy }: NewDecision): ReviewRefusal | null {
  const offered = policy.reasons[outcome];
  const reason = offered.find(({ code }) => code === reasonCode);
  if (!reason) return reasonCodeUnknown(reasonCode, offered);
  return reason.text === 'required' && text.trim() === '' ? reasonRequired(reasonCode) : null;
}
