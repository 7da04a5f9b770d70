import type { FaceConsent } from '@imprimatur/domain/consent';
import type { ActivePolicy } from '@imprimatur/domain/policies';
import type { NewTask, ReviewTask } from '@imprimatur/domain/review';
import { assert, type Finding, type SubjectId, systemClock, type Verdict, type VersionId } from '@imprimatur/kernel';
import type { ItemDossier } from './item.dossier.js';
import { type QueueRules, queueRules } from './review.policy.js';

const MINUTE_MS = 60_000;

export interface TaskSubject {
  /** Null: held before anything was rendered. */
  readonly version: VersionId | null;
  /** 32 bytes. */
  readonly contentDigest: Uint8Array;
  readonly depicted: readonly FaceConsent[];
}

/** The review that the holds among `verdicts` ask for: of all queues that they name, the most urgent. */
export function taskOf(dossier: ItemDossier, verdicts: readonly Verdict[], subject: TaskSubject): NewTask {
  const findings = verdicts.flatMap((verdict) => verdict.findings).filter(({ outcome }) => outcome !== 'pass');
  const { item, turn, policy, session } = dossier;
  return {
    asset: item.asset,
    turn: turn.id,
    item: item.id,
    version: subject.version,
    contentDigest: subject.contentDigest,
    ...placeIn(namedQueue(policy, findings)),
    findings,
    bundleHash: policy.ref.hash,
    requester: turn.submittedBy,
    lastEditor: null,
    depicted: subject.depicted.flatMap((face) => (face.subject === null ? [] : [face.subject])),
    session: session.id,
    kind: 'hold',
    follows: null,
    policyAuthor: authorOf(policy, findings),
    involved: dossier.involved,
    deciders: [],
  };
}

/** A task that comes after one which has ended: about the same, with what is different. */
export function following(task: ReviewTask, change: Partial<NewTask>): NewTask {
  const { contentDigest } = task;
  assert(contentDigest, 'what is decided again has its content');
  return { ...task, contentDigest, follows: task.id, ...change };
}

/** What a task takes from the queue in which it waits. */
export function placeIn(queue: QueueRules): Pick<NewTask, 'queue' | 'priority' | 'dueAt' | 'slots'> {
  const dueAt = new Date(systemClock.now().getTime() + queue.dueMinutes * MINUTE_MS);
  return { queue: queue.id, priority: queue.priority, dueAt, slots: queue.slots };
}

/** Of the queues that the findings name, the one that stands first in the bundle. */
export function namedQueue(policy: ActivePolicy, findings: readonly Finding[]): QueueRules {
  const named = findings.map((finding) => finding.queue);
  return queueRules(policy, policy.status === 'ready' ? (policy.data.queues.find(({ id }) => named.includes(id))?.id ?? null) : null);
}

/** Whoever drafted the bundle, where one of its rules holds it: nobody is judge of their own rule. */
export function authorOf(policy: ActivePolicy, findings: readonly Finding[]): SubjectId | null {
  if (policy.status !== 'ready') return null;
  const own = new Set(policy.rules.map(({ id }) => id));
  return findings.some(({ rule }) => own.has(rule)) ? policy.draftedBy : null;
}
