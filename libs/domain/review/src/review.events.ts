import type { About, NewEvent, NewPart } from '@imprimatur/domain/ledger';
import type { SubjectId } from '@imprimatur/kernel';
import type { NewDecision, ReviewTask } from './review.types.js';

export const aboutTask = (task: ReviewTask): readonly About[] => [
  { kind: 'asset', id: task.asset },
  { kind: 'turn', id: task.turn },
  { kind: 'item', id: task.item },
  ...(task.version === null ? [] : [{ kind: 'version', id: task.version } as const]),
  { kind: 'task', id: task.id },
];

/** What was shown, as a part: a digest of a picture in clear would outlive the picture's erasure. */
const content = (task: ReviewTask): Record<string, NewPart> =>
  task.contentDigest === null ? {} : { content: { value: task.contentDigest, subjects: task.depicted } };

/** `route`: of the bundle; null: it has none, and the rules' own queue was taken. */
export function taskOpened(task: ReviewTask, route: string | null): NewEvent {
  return {
    type: 'task.opened',
    about: aboutTask(task),
    facts: {
      queue: task.queue,
      ...(route === null ? {} : { route }),
      priority: task.priority,
      dueAt: task.dueAt.toISOString(),
      rules: task.findings.map(({ rule }) => rule),
      bundle: task.bundleHash,
    },
    parts: content(task),
  };
}

/** `takenOver`: the lease of somebody else had run out. */
export function taskClaimed(task: ReviewTask, takenOver: boolean): NewEvent {
  return { type: 'task.claimed', about: aboutTask(task), facts: { queue: task.queue, takenOver } };
}

/** The reviewer's words are the reviewer's own data: they go when the reviewer is erased, the decision stays. */
export function taskDecided(task: ReviewTask, decision: NewDecision, reviewer: SubjectId): NewEvent {
  const { outcome, reasonCode, policy } = decision;
  const text = decision.text.trim();
  return {
    type: 'task.decided',
    about: aboutTask(task),
    facts: { queue: task.queue, outcome, reasonCode, bundle: policy.bundleHash },
    parts: { ...content(task), ...(text === '' ? {} : { reason: { value: text, subjects: [reviewer] } }) },
  };
}

/** `why`: a code such as `superseded`, `cancelled`, `consent-withdrawn`. */
export function taskVoided(task: ReviewTask, why: string): NewEvent {
  return { type: 'task.voided', about: aboutTask(task), facts: { queue: task.queue, why } };
}
