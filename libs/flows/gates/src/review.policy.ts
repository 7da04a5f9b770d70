import type { ActivePolicy } from '@imprimatur/domain/policies';
import type { ReviewPolicy, Slot } from '@imprimatur/domain/review';
import { type ReasonCodes, slotsOf, SYSTEM_QUEUE } from '@imprimatur/formats/policy';

const NO_REASONS: ReasonCodes = { approve: [], reject: [], 'request-changes': [], escalate: [] };
const APPEAL_DAYS = 14;

/** How the tasks of a queue are decided. */
export interface QueueRules {
  readonly id: string;
  readonly priority: number;
  readonly dueMinutes: number;
  readonly slots: readonly Slot[];
  readonly undoSeconds: number;
  readonly appealDays: number;
  readonly isHighRisk: boolean;
}

/** As the policy has it; a queue that it does not know, or no longer, is decided carefully. Null: where holds wait that name no queue. */
export function queueRules(policy: ActivePolicy, id: string | null): QueueRules {
  const name = id ?? SYSTEM_QUEUE;
  const known = policy.status === 'ready' ? policy.data.queues.find((queue) => queue.id === name) : undefined;
  if (!known) return { id: name, priority: 0, dueMinutes: 60, slots: ['any'], undoSeconds: 0, appealDays: APPEAL_DAYS, isHighRisk: true };
  const { priority, dueMinutes, undoSeconds, appealDays, highRisk } = known;
  return { id: name, priority, dueMinutes, slots: slotsOf(known), undoSeconds, appealDays, isHighRisk: highRisk };
}

/** The part of the active policy that a decision in `queue` is checked against. */
export function decisionPolicy(policy: ActivePolicy, queue: string): ReviewPolicy {
  const data = policy.status === 'ready' ? policy.data : null;
  return {
    bundleHash: policy.ref.hash,
    reasons: data?.reasonCodes ?? NO_REASONS,
    conditions: data?.conditions ?? [],
    channels: data?.channels.map(({ id }) => id) ?? [],
    queues: data?.queues.map(({ id }) => id) ?? [],
    undoSeconds: queueRules(policy, queue).undoSeconds,
  };
}

/** Whether a picture that is rejected for it is to be known from then on. */
export function isRemembered(policy: ActivePolicy, reasonCode: string): boolean {
  return policy.status === 'ready' && policy.data.reasonCodes.reject.some(({ code, remember }) => remember && code === reasonCode);
}
