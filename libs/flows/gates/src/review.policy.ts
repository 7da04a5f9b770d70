import type { ActivePolicy, PolicyService } from '@imprimatur/domain/policies';
import type { ReviewPolicy, Slot } from '@imprimatur/domain/review';
import { type ReasonCodes, slotsOf, SYSTEM_QUEUE } from '@imprimatur/formats/policy';
import type { SessionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';

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

/** The policy that judges the session of a task: the one in canary for its share, else the active one, as also where no session is known. */
export async function judgeOf(policies: PolicyService, read: ReadContext, session: SessionId | null): Promise<ActivePolicy> {
  return session === null ? policies.active(read) : (await policies.judging(read, session)).policy;
}

/** Whether a decision in `queue` is signed: where two policies have a say, each may demand it. */
export function isSigned(policies: readonly ActivePolicy[], queue: string): boolean {
  const queues = policies.flatMap((policy) => (policy.status === 'ready' ? policy.data.queues : []));
  return queues.some(({ id, signature }) => id === queue && signature === 'required');
}

/** What a decision in `queue` is checked against: the words of the active policy, and the bundle that judges the task. */
export function decisionPolicy(policy: ActivePolicy, judge: ActivePolicy, queue: string): ReviewPolicy {
  const data = policy.status === 'ready' ? policy.data : null;
  return {
    bundleHash: judge.ref.hash,
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
