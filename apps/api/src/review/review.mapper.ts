import type { ReviewDecision, ReviewTask } from '@imprimatur/domain/review';
import { type ItemId, type TaskId, toHex, toPublicId } from '@imprimatur/kernel';
import { toFinding } from '../turn/turn.mapper.js';

export interface TaskParent {
  readonly __typename: 'ReviewTask';
  readonly taskId: TaskId;
  readonly itemId: ItemId;
  readonly [field: string]: unknown;
}

const enumName = (word: string): string => word.toUpperCase().replaceAll('-', '_');

/** Where a task stands in its queue. */
export const cursorOf = ({ priority, dueAt, id }: ReviewTask): string => `${priority}|${dueAt.toISOString()}|${id}`;

export function toTask(task: ReviewTask): TaskParent {
  return {
    __typename: 'ReviewTask',
    taskId: task.id,
    itemId: task.item,
    id: toPublicId('task', task.id),
    queue: task.queue,
    state: enumName(task.state),
    findings: task.findings.map(toFinding),
    dueAt: task.dueAt,
    leaseUntil: task.claim?.until ?? null,
    contentSha256: task.contentDigest && toHex(task.contentDigest),
    createdAt: task.openedAt,
  };
}

/** `reviewer` is the pseudonym of the ledger. */
export function toDecision(decision: ReviewDecision, reviewer: string): object {
  return {
    id: toPublicId('decision', decision.id),
    outcome: enumName(decision.outcome),
    reasonCode: decision.reasonCode,
    decidedAt: decision.decidedAt,
    reviewer,
  };
}
