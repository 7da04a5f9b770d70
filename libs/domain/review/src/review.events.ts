import type { About, NewEvent, NewPart } from '@imprimatur/domain/ledger';
import type { SubjectId } from '@imprimatur/kernel';
import type { ReviewTask } from './review.types.js';

export const aboutTask = (task: ReviewTask): readonly About[] => [
  { kind: 'asset', id: task.asset },
  { kind: 'turn', id: task.turn },
  { kind: 'item', id: task.item },
  ...(task.version === null ? [] : [{ kind: 'version', id: task.version } as const]),
  { kind: 'task', id: task.id },
];

const by = (subject: SubjectId | null): readonly SubjectId[] => (subject === null ? [] : [subject]);

/** What was shown, as a part: a digest of a picture in clear would outlive the picture's erasure. */
export const content = (task: ReviewTask): Record<string, NewPart> =>
  task.contentDigest === null ? {} : { content: { value: task.contentDigest, subjects: task.depicted } };

/**
 * `route`: of the bundle; null: it has none, and the rules' own queue was taken. `reason`: why its requester appeals, or wants it published; theirs, and
 * erased with them.
 */
export function taskOpened(task: ReviewTask, route: string | null, reason: string | null): NewEvent {
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
      kind: task.kind,
      approvals: [...task.slots],
      ...(task.follows === null ? {} : { follows: task.follows }),
    },
    parts: { ...content(task), ...(reason === null ? {} : { reason: { value: reason.trim(), subjects: by(task.requester) } }) },
  };
}

/** `takenOver`: the lease of somebody else had run out. */
export function taskClaimed(task: ReviewTask, takenOver: boolean): NewEvent {
  return { type: 'task.claimed', about: aboutTask(task), facts: { queue: task.queue, takenOver } };
}

/** `why`: a code such as `superseded`, `cancelled`, `consent-withdrawn`. */
export function taskVoided(task: ReviewTask, why: string): NewEvent {
  return { type: 'task.voided', about: aboutTask(task), facts: { queue: task.queue, why } };
}
