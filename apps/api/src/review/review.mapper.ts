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
    priority: task.priority,
    leaseUntil: task.claim?.until ?? null,
    breachedAt: task.breachedAt,
    restsUntil: task.restsUntil,
    isDelegated: task.delegatedTo !== null,
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
