import { type Duty, HandService, type MaybeAssertion } from '@imprimatur/domain/identity';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import { PolicyService } from '@imprimatur/domain/policies';
import { sha256 } from '@imprimatur/domain/ledger';
import { DecisionService, type NewDecision, policyRefusal, ReviewService, type ReviewTask, taskVoided } from '@imprimatur/domain/review';
import { type Matter, termsDigest } from '@imprimatur/formats/ledger';
import { type DecisionId, type ItemId, ok, refuse, type Result, type TaskId, toHex } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { DecisionFollower, isAwaited } from './review.following.js';
import { decisionPolicy, isSigned, judgeOf } from './review.policy.js';
import { following } from './review.task.js';

/** The kind of job that lets a decision follow whose time to be taken back is over; payload: `decision`. */
export const DECISION_JOB = 'review-decision';

/** The policy says of each queue whether its decisions are signed. */
const DECIDING: Omit<Duty, 'signature'> = { action: 'decide', on: 'ReviewTask', rests: true };

/** What a reviewer wants; the policy, and the hand that decides, are found here. */
export type DecisionWish = Omit<NewDecision, 'policy' | 'hand'> & { readonly assertion?: MaybeAssertion };

interface Held {
  readonly item: TurnItem;
  readonly task: ReviewTask;
  readonly siblings: readonly ItemId[];
}

/** A person's decision and what follows from it, in one transaction; or later, where the policy leaves time to take it back. */
@Injectable()
export class ReviewFlow {
  constructor(
    private readonly reviews: ReviewService,
    private readonly decisions: DecisionService,
    private readonly follower: DecisionFollower,
    private readonly editing: EditingService,
    private readonly policies: PolicyService,
    private readonly jobs: Jobs,
    private readonly hands: HandService,
  ) {}

  /** Decides; the last approval, and every no, also moves the item. */
  async decide(write: WriteContext, { assertion = null, ...decision }: DecisionWish): Promise<Result<{ readonly task: TaskId }>> {
    const held = await this.hold(write, decision.task);
    if (!held.ok) return held;
    const { item, task, siblings } = held.value;
    const policy = await this.policies.active(write);
    const judge = await judgeOf(this.policies, write, task.session);
    const duty: Duty = { ...DECIDING, signature: isSigned([policy, judge], task.queue) ? 'always' : 'if-given' };
    const hand = await this.hands.take(write, decisionMatter(decision, judge.ref.hash), duty, assertion);
    if (!hand.ok) return hand;
    const decided = await this.reviews.decide(write, {
      ...decision,
      policy: decisionPolicy(policy, judge, task.queue),
      hand: hand.value,
    });
    if (!decided.ok) return decided;
    if (!isAwaited(item, decided.value.task)) return refuse(taskVoided());
    const { decision: made, isComplete } = decided.value;
    if (!isComplete) return ok({ task: decision.task });
    if (made.takesEffectAt !== null) {
      await this.jobs.enqueue(write, { kind: DECISION_JOB, key: made.id, payload: { decision: made.id }, runAt: made.takesEffectAt });
      return ok({ task: decision.task });
    }
    const followed = await this.follower.follow(write, item, decided.value, { policy, queue: decision.queue ?? null });
    if (!followed.ok) return followed;
    await this.voidEnded(write, siblings);
    return ok({ task: decision.task });
  }

  /** Takes a decision back before anything has followed; the task waits again, as a new one. */
  async undo(write: WriteContext, id: DecisionId): Promise<Result<{ readonly task: TaskId }>> {
    const item = await this.lockItemOf(write, id);
    if (!item.ok) return item;
    const undone = await this.decisions.undo(write, id);
    if (!undone.ok) return undone;
    if (!isAwaited(item.value, undone.value.task)) return refuse(taskVoided());
    return ok({ task: (await this.reviews.open(write, following(undone.value.task, {}))).id });
  }

  /**
   * Lets a decision follow whose time to be taken back is over. It comes to nothing, and the task waits again, when the policy was changed
   * meanwhile; and when the item has ended. Again: nothing.
   */
  async takeEffect(write: WriteContext, id: DecisionId): Promise<void> {
    const item = await this.lockItemOf(write, id);
    if (!item.ok) return;
    const siblings = await this.holdSiblings(write, item.value);
    const due = await this.decisions.due(write, id);
    if (!due) return;
    if (!isAwaited(item.value, due.task)) return this.decisions.recordVoided(write, due, 'item-ended');
    const policy = await this.policies.active(write);
    const judge = await judgeOf(this.policies, write, due.task.session);
    if (due.decision.outcome === 'approve' && policyRefusal(due.task, judge.ref.hash)) {
      await this.decisions.recordVoided(write, due, 'policy-changed');
      await this.reviews.open(write, following(due.task, {}));
      return;
    }
    // first, so that the approvals count by which it is released
    await this.decisions.recordFollowed(write, id);
    const followed = await this.follower.follow(write, item.value, due, { policy, queue: null });
    if (!followed.ok) throw new Error(`a decision could not follow: ${followed.refusal.code}`);
    await this.voidEnded(write, siblings);
  }

  /** (1) the item, first as everywhere: the worker opens and voids tasks while it holds it; (2) what waits; (3) the task as it then is: a late one changes its queue. */
  private async hold(write: WriteContext, id: TaskId): Promise<Result<Held>> {
    const found = await this.reviews.find(write, id);
    const item = found.ok ? await this.editing.lockItem(write, found.value.item) : found;
    if (!item.ok) return item;
    const siblings = await this.holdSiblings(write, item.value);
    const task = await this.reviews.find(write, id);
    return task.ok ? ok({ item: item.value, task: task.value, siblings }) : task;
  }

  private async lockItemOf(write: WriteContext, id: DecisionId): Promise<Result<TurnItem>> {
    const task = await this.decisions.taskOf(write, id);
    if (!task.ok) return task;
    const found = await this.reviews.find(write, task.value);
    return found.ok ? this.editing.lockItem(write, found.value.item) : found;
  }

  /** What waits for the item, and for the others of an all-or-nothing turn, which a no takes along: held before the ledger is written, as a claim does. */
  private async holdSiblings(write: WriteContext, item: TurnItem): Promise<readonly ItemId[]> {
    const turn = await this.editing.findTurn(write, item.turn);
    const isTogether = turn.ok && turn.value.allOrNothing;
    const items = isTogether ? (await this.editing.itemsOfTurns(write, [item.turn])).map(({ id }) => id) : [item.id];
    await this.reviews.lockWaitingOf(write, items);
    return items.filter((id) => id !== item.id);
  }

  private async voidEnded(write: WriteContext, items: readonly ItemId[]): Promise<void> {
    for (const item of await this.editing.findItems(write, items)) {
      if (item.state === 'cancelled') await this.reviews.void(write, item.id, 'cancelled');
    }
  }
}

/** What is signed of a review: exactly the picture that was looked at, under exactly this policy, and on exactly these terms. */
export function decisionMatter(decision: Omit<NewDecision, 'token' | 'policy' | 'hand'>, bundle: string): Matter {
  const { task, contentDigest, outcome, reasonCode, text, conditions = [], queue = null, pins = [] } = decision;
  const reason = text.trim() === '' ? null : text;
  const terms = termsDigest(sha256, { conditions, queue, pins });
  const matter: Matter = { kind: 'task.decide', object: task, content: toHex(contentDigest), bundle, outcome, code: reasonCode, reason };
  return terms === null ? matter : { ...matter, terms };
}
