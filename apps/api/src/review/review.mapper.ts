import type { DecisionFate, ReviewCondition, ReviewDecision, ReviewTask } from '@imprimatur/domain/review';
import { type EntryId, type ItemId, type TaskId, toHex, toPublicId } from '@imprimatur/kernel';
import { toRoleName } from '../viewer/role.mapper.js';
import { toFinding } from '../turn/turn.mapper.js';

export interface TaskParent {
  readonly __typename: 'ReviewTask';
  readonly taskId: TaskId;
  readonly itemId: ItemId;
  readonly followsId: TaskId | null;
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
    followsId: task.follows,
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
    kind: enumName(task.kind),
    approvals: task.slots.map((slot) => (slot === 'any' ? null : toRoleName(slot))),
    bundleHash: task.bundleHash,
  };
}

export interface DecisionParent {
  readonly __typename: 'ReviewDecision';
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

/** What is known of a decision besides itself. `reviewer` is the pseudonym of the ledger. */
export interface DecisionSurroundings {
  readonly reviewer: string;
  readonly fate: DecisionFate;
  readonly conditions: readonly ReviewCondition[];
}

export function toDecision(decision: ReviewDecision, { reviewer, fate, conditions }: DecisionSurroundings): DecisionParent {
  return {
    __typename: 'ReviewDecision',
    entryId: decision.entry,
    id: toPublicId('decision', decision.id),
    outcome: enumName(decision.outcome),
    reasonCode: decision.reasonCode,
    decidedAt: decision.decidedAt,
    reviewer,
    approval: decision.slot === null ? null : decision.slot + 1,
    fate: enumName(fate),
    takesEffectAt: decision.takesEffectAt,
    conditions: conditions.map(toCondition),
  };
}

export interface ConditionParent {
  readonly __typename: 'ReviewCondition';
  readonly entryId: EntryId;
  readonly code: string;
  readonly [field: string]: unknown;
}

export function toCondition({ code, kind, channels, forbids, entry }: ReviewCondition): ConditionParent {
  return { __typename: 'ReviewCondition', entryId: entry, code, kind: enumName(kind), channels, forbids };
}
