import { type Role, type SubjectId } from '@imprimatur/kernel';
import { type ReviewRefusal, selfApproval } from '../review.refusals.js';
import type { NewDecision, NewTask, ReviewDecision, ReviewTask, Slot } from '../review.types.js';
import {
  appealRefused,
  approvedAlready,
  bulkRefused,
  conditionInvalid,
  conditionUnknown,
  conflictOfInterest,
  decidedBefore,
  notYourDecision,
  pinInvalid,
  policyChanged,
  policyRefuses,
  queueUnknown,
  slotNotYours,
  undoTooLate,
} from './decision.refusals.js';
import type { ConditionWish, DecisionFate } from './decision.types.js';

export const TEXT_CHARS_MAX = 2_000;
const PINS_MAX = 50;
const CONDITIONS_MAX = 20;
export const BULK_MAX = 50;
const DAY_MS = 86_400_000;

/** One of many tasks that are to be decided alike. */
export interface BulkCandidate {
  readonly task: ReviewTask;
  readonly isHighRisk: boolean;
}

/** What is known of the reviewer besides the task. */
export interface Standing {
  /** They declared a conflict with its session, picture or people. */
  readonly hasConflict: boolean;
  /** Without those that still rest. */
  readonly roles: readonly Role[];
  /** Decisions of the task so far. */
  readonly earlier: readonly Pick<ReviewDecision, 'reviewer' | 'outcome' | 'slot'>[];
}

/** Why `reviewer` may not decide the task, beyond their own hand in it, or null. The database refuses the same by itself. */
export function barRefusal(
  task: Pick<NewTask, 'policyAuthor' | 'involved' | 'deciders' | 'slots'>,
  reviewer: SubjectId,
  { hasConflict, roles, earlier }: Standing,
): ReviewRefusal | null {
  if (task.policyAuthor === reviewer) return selfApproval('you drafted the rules that hold it');
  if (task.involved.includes(reviewer)) return conflictOfInterest('you had a hand in the picture or in its session');
  if (task.deciders.includes(reviewer)) return decidedBefore();
  if (hasConflict) return conflictOfInterest('you declared a conflict of interest');
  if (earlier.some((decision) => decision.reviewer === reviewer)) return approvedAlready();
  const free = freeSlots(task, earlier);
  return free.some(({ slot }) => canFill(slot, roles)) ? null : slotNotYours(free.map(({ slot }) => slot));
}

/** The place that this approval fills: one that is kept for a role of the reviewer before one that anybody could take. Null: none. */
export function slotFor(task: Pick<NewTask, 'slots'>, { roles, earlier }: Pick<Standing, 'roles' | 'earlier'>): number | null {
  const free = freeSlots(task, earlier).filter(({ slot }) => canFill(slot, roles));
  return (free.find(({ slot }) => slot !== 'any') ?? free[0])?.index ?? null;
}

/** One no ends a task at once; approvals when there are enough. */
export function completes(task: Pick<NewTask, 'slots'>, outcome: NewDecision['outcome'], earlierApprovals: number): boolean {
  return outcome !== 'approve' || earlierApprovals + 1 >= task.slots.length;
}

/** Why what comes with the decision does not stand, or null. */
export function termsRefusal(task: ReviewTask, decision: NewDecision): ReviewRefusal | null {
  const { outcome, policy } = decision;
  return (
    (outcome === 'approve' ? policyRefusal(task, policy.bundleHash) : null) ??
    conditionsRefusal(decision) ??
    pinsRefusal(decision) ??
    (outcome === 'escalate' && decision.queue && !policy.queues.includes(decision.queue)
      ? queueUnknown(decision.queue, policy.queues)
      : null)
  );
}

/** Only what the active policy holds can be approved: another may not hold it, or refuse it. */
export function policyRefusal(task: Pick<NewTask, 'bundleHash' | 'findings'>, activeHash: string): ReviewRefusal | null {
  if (task.bundleHash !== activeHash) return policyChanged();
  const refusing = task.findings.filter(({ outcome }) => outcome === 'refuse' || outcome === 'throttle');
  return refusing.length > 0 ? policyRefuses(refusing.map(({ rule }) => rule)) : null;
}

/** Null: `by` may take it back now. */
export function undoRefusal(decision: ReviewDecision, fate: DecisionFate, by: SubjectId | null, now: Date): ReviewRefusal | null {
  if (decision.reviewer !== by) return notYourDecision();
  return fate === 'pending' && decision.takesEffectAt !== null && decision.takesEffectAt > now ? null : undoTooLate();
}

/** Null: the requester may appeal it. `days`: how long after the decision; 0: never. */
export function appealRefusal(
  task: ReviewTask,
  decision: { readonly outcome: string; readonly fate: DecisionFate } | null,
  by: SubjectId | null,
  { days, now }: { readonly days: number; readonly now: Date },
): ReviewRefusal | null {
  const last = 'Submit a new turn that does without what was refused.';
  if (by === null || task.requester !== by) return appealRefused('Only whoever asked for the edit can appeal.', 'Ask them to.');
  if (decision?.outcome !== 'reject' || decision.fate !== 'followed' || task.endedAt === null)
    return appealRefused('Only a rejection can be appealed.', 'Read the item to see where it stands.');
  if (task.contentDigest === null) return appealRefused('What was rejected has been erased.', last);
  if (task.kind === 'appeal') return appealRefused('It was rejected on appeal, which is the last word.', last);
  if (days === 0) return appealRefused(`Rejections of the queue ${task.queue} cannot be appealed.`, last);
  if (now.getTime() > task.endedAt.getTime() + days * DAY_MS) return appealRefused(`The ${days} days for an appeal are over.`, last);
  return null;
}

/** Null: all of them may be decided alike. */
export function bulkRefusal(candidates: readonly BulkCandidate[]): ReviewRefusal | null {
  const [first] = candidates;
  if (!first || candidates.length > BULK_MAX) return bulkRefused(`1 to ${BULK_MAX} tasks are decided at once.`, 'Send fewer.');
  if (new Set(candidates.map(({ task }) => task.id)).size < candidates.length)
    return bulkRefused('A task stands there twice.', 'Send each once.');
  const rules = ({ task }: BulkCandidate): string => [...new Set(task.findings.map(({ rule }) => rule))].sort().join(' ');
  if (candidates.some((each) => each.task.queue !== first.task.queue || each.task.kind !== first.task.kind || rules(each) !== rules(first)))
    return bulkRefused('They do not wait in one queue for the same rules.', 'Send only tasks with identical findings.');
  if (candidates.some(({ task, isHighRisk }) => isHighRisk || task.kind === 'appeal' || task.slots.length > 1))
    return bulkRefused('What is of high risk, appealed, or needs several approvals is decided one by one.', 'Decide each with decideTask.');
  return null;
}

function conditionsRefusal({ outcome, conditions = [], policy }: NewDecision): ReviewRefusal | null {
  if (conditions.length === 0) return null;
  if (outcome !== 'approve') return conditionInvalid('Only an approval has conditions.', 'Leave them out, or approve.');
  if (conditions.length > CONDITIONS_MAX || new Set(conditions.map(({ code }) => code)).size < conditions.length)
    return conditionInvalid(`An approval has up to ${CONDITIONS_MAX} conditions, each once.`, 'Send fewer.');
  for (const wish of conditions) {
    const refused = conditionRefusal(wish, policy);
    if (refused) return refused;
  }
  return null;
}

function conditionRefusal({ code, text, channels }: ConditionWish, policy: NewDecision['policy']): ReviewRefusal | null {
  const offered = policy.conditions.find((each) => each.code === code);
  if (!offered) return conditionUnknown(code, policy.conditions);
  if ((offered.text === 'required' && text.trim() === '') || text.length > TEXT_CHARS_MAX)
    return conditionInvalid(`The condition '${code}' needs a text of up to ${TEXT_CHARS_MAX} characters.`, 'Say what is demanded.');
  if ((offered.kind === 'channels') !== channels.length > 0 || channels.some((channel) => !policy.channels.includes(channel)))
    return conditionInvalid(`The condition '${code}' was sent with the wrong channels.`, `Known channels: ${policy.channels.join(', ')}.`);
  return null;
}

function pinsRefusal({ outcome, pins = [] }: NewDecision): ReviewRefusal | null {
  if (pins.length === 0) return null;
  if (outcome !== 'request-changes') return pinInvalid('Pins say where changes are asked for.');
  if (pins.length > PINS_MAX) return pinInvalid('Those are too many pins.');
  const isPart = (value: number): boolean => Number.isFinite(value) && value >= 0 && value <= 1;
  if (!pins.every(({ x, y }) => isPart(x) && isPart(y))) return pinInvalid('A pin lies outside of the picture.');
  return pins.every(({ text }) => isText(text)) ? null : pinInvalid('A pin says nothing, or too much.');
}

export function isText(text: string): boolean {
  return text.trim() !== '' && text.length <= TEXT_CHARS_MAX;
}

function freeSlots(task: Pick<NewTask, 'slots'>, earlier: Standing['earlier']): readonly { readonly slot: Slot; readonly index: number }[] {
  return task.slots
    .map((slot, index) => ({ slot, index }))
    .filter(({ index }) => !earlier.some((decision) => decision.outcome === 'approve' && decision.slot === index));
}

function canFill(slot: Slot, roles: readonly Role[]): boolean {
  return slot === 'any' || roles.includes(slot);
}
