import type { NewEvent } from '@imprimatur/domain/ledger';
import type { JsonObject, SubjectId } from '@imprimatur/kernel';
import { aboutTask, content } from '../review.events.js';
import type { NewDecision, ReviewDecision, ReviewTask } from '../review.types.js';
import type { PinComment, ReviewConflict, ReviewPin } from './decision.types.js';

/** The reviewer's words are the reviewer's own data: they go when the reviewer is erased, the decision stays. */
export function taskDecided(
  task: ReviewTask,
  wish: NewDecision,
  { reviewer, slot, takesEffectAt }: Pick<ReviewDecision, 'reviewer' | 'slot' | 'takesEffectAt'>,
): NewEvent {
  const { outcome, reasonCode, policy, conditions = [], pins = [] } = wish;
  const texts = [['reason', wish.text] as const, ...conditions.map(({ code, text }) => [conditionPart(code), text] as const)];
  return {
    type: 'task.decided',
    about: aboutTask(task),
    facts: {
      queue: task.queue,
      outcome,
      reasonCode,
      bundle: policy.bundleHash,
      ...(slot === null ? {} : { approval: slot + 1, approvals: [...task.slots] }),
      ...(takesEffectAt === null ? {} : { takesEffectAt: takesEffectAt.toISOString() }),
      ...(conditions.length === 0
        ? {}
        : { conditions: conditions.map(({ code, channels }): JsonObject => ({ code, channels: [...channels] })) }),
      ...(pins.length === 0 ? {} : { pins: pins.length }),
    },
    parts: {
      ...content(task),
      ...Object.fromEntries(texts.filter(([, text]) => text.trim() !== '').map(([name, text]) => [name, words(text, reviewer)])),
    },
  };
}

/** Name of the part with the words of a condition. */
export function conditionPart(code: string): string {
  return `condition-${code}`;
}

/** By whoever decided, before anything followed. */
export function decisionUndone(task: ReviewTask, decision: ReviewDecision): NewEvent {
  return {
    type: 'task.decision-undone',
    about: [...aboutTask(task), { kind: 'decision', id: decision.id }],
    facts: { queue: task.queue, outcome: decision.outcome },
  };
}

/** What it decides will not follow. `why`: `policy-changed`, `item-ended`. */
export function decisionVoided(task: ReviewTask, decision: ReviewDecision, why: string): NewEvent {
  return {
    type: 'task.decision-voided',
    about: [...aboutTask(task), { kind: 'decision', id: decision.id }],
    facts: { queue: task.queue, outcome: decision.outcome, why },
  };
}

/** An appeal was granted: what the rules held, and the first instance rejected, was right. */
export function taskOverturned(first: ReviewTask, appeal: ReviewTask): NewEvent {
  return {
    type: 'task.overturned',
    about: aboutTask(first),
    facts: { queue: first.queue, rules: first.findings.map(({ rule }) => rule), bundle: first.bundleHash, appeal: appeal.id },
  };
}

const aboutPin = (pin: Pick<ReviewPin, 'id' | 'asset' | 'item' | 'task'>): NewEvent['about'] => [
  { kind: 'asset', id: pin.asset },
  { kind: 'item', id: pin.item },
  { kind: 'task', id: pin.task },
  { kind: 'pin', id: pin.id },
];

/** Where something is tells of the picture: a part. */
export function pinPlaced(pin: Omit<ReviewPin, 'entry'>, text: string): NewEvent {
  return {
    type: 'pin.placed',
    about: aboutPin(pin),
    facts: {},
    parts: { text: words(text, pin.placedBy), place: { value: { x: String(pin.x), y: String(pin.y) }, subjects: [] } },
  };
}

export function pinCommented(pin: ReviewPin, { author }: Pick<PinComment, 'author'>, text: string): NewEvent {
  return { type: 'pin.commented', about: aboutPin(pin), facts: {}, parts: { text: words(text, author) } };
}

export function pinResolved(pin: ReviewPin): NewEvent {
  return { type: 'pin.resolved', about: aboutPin(pin), facts: {} };
}

export function conflictDeclared({ id, reviewer, kind, target }: Omit<ReviewConflict, 'entry'>, reason: string): NewEvent {
  return {
    type: 'conflict.declared',
    about: [
      { kind: 'conflict', id },
      { kind, id: target },
    ],
    facts: { kind },
    parts: { reason: words(reason, reviewer) },
  };
}

function words(text: string, of: SubjectId): { readonly value: string; readonly subjects: readonly SubjectId[] } {
  return { value: text.trim(), subjects: [of] };
}
