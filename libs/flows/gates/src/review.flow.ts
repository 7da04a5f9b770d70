import { AssetService } from '@imprimatur/domain/assets';
import { type Duty, HandService, type MaybeAssertion } from '@imprimatur/domain/identity';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import { PictureBank } from '@imprimatur/domain/moderation';
import { PolicyService } from '@imprimatur/domain/policies';
import { type NewDecision, type ReviewDecision, ReviewService, type ReviewTask } from '@imprimatur/domain/review';
import type { ReasonCodes } from '@imprimatur/formats/policy';
import type { Matter } from '@imprimatur/formats/ledger';
import { assert, ok, type Result, type TaskId, toHex } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

const NO_REASONS: ReasonCodes = { approve: [], reject: [], 'request-changes': [], escalate: [] };
/** Where an escalated task goes. */
const ESCALATION_QUEUE = 'legal';

/** The active policy says of each queue whether its decisions are signed. */
const DECIDING: Omit<Duty, 'signature'> = { action: 'decide', on: 'ReviewTask', rests: true };

/** What a reviewer wants; the policy, and the hand that decides, are found here. */
export type DecisionWish = Omit<NewDecision, 'policy' | 'hand'> & { readonly assertion?: MaybeAssertion };

/** A person's decision and what follows from it, in one transaction. */
@Injectable()
export class ReviewFlow {
  constructor(
    private readonly reviews: ReviewService,
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly policies: PolicyService,
    private readonly bank: PictureBank,
    private readonly hands: HandService,
  ) {}

  /** Decides; then moves the item, and releases the version that was approved. */
  async decide(write: WriteContext, { assertion = null, ...decision }: DecisionWish): Promise<Result<{ readonly task: TaskId }>> {
    const found = await this.reviews.find(write, decision.task);
    if (!found.ok) return found;
    // the item's lock first, as everywhere: the worker opens and voids tasks while it holds it
    const item = await this.editing.lockItem(write, found.value.item);
    if (!item.ok) return item;
    const policy = await this.policies.active(write);
    const reasons = policy.status === 'ready' ? policy.data.reasonCodes : NO_REASONS;
    const queues = policy.status === 'ready' ? policy.data.queues : [];
    const isSigned = queues.some(({ id, signature }) => id === found.value.queue && signature === 'required');
    const duty: Duty = { ...DECIDING, signature: isSigned ? 'always' : 'if-given' };
    const hand = await this.hands.take(write, decisionMatter(decision, policy.ref.hash), duty, assertion);
    if (!hand.ok) return hand;
    const decided = await this.reviews.decide(write, { ...decision, policy: { bundleHash: policy.ref.hash, reasons }, hand: hand.value });
    if (!decided.ok) return decided;
    const isRemembered = reasons.reject.some(({ code, remember }) => remember && code === decision.reasonCode);
    const followed = await this.follow(write, item.value, decided.value.task, decided.value.decision, isRemembered);
    return followed.ok ? ok({ task: decision.task }) : followed;
  }

  private async follow(
    write: WriteContext,
    item: TurnItem,
    task: ReviewTask,
    decision: ReviewDecision,
    isRemembered: boolean,
  ): Promise<Result<unknown>> {
    const options = { expectedFrom: item, facts: { task: task.id, decision: decision.id, reasonCode: decision.reasonCode } };
    switch (decision.outcome) {
      case 'approve':
        return task.version === null ? this.editing.move(write, item.id, 'screened', options) : this.release(write, item, task, decision);
      case 'reject':
        if (isRemembered) await this.remember(write, task);
        return this.editing.move(write, item.id, 'rejected', options);
      case 'request-changes':
        return this.editing.move(write, item.id, item.state === 'held' ? 'changes-requested' : 'rejected', options);
      case 'escalate':
        return ok(await this.escalate(write, task));
    }
  }

  /** Whoever uploads or makes what was rejected again meets that. */
  private async remember(write: WriteContext, { version: id }: ReviewTask): Promise<void> {
    const version = id && (await this.assets.findVersion(write, id));
    if (version?.ok) await this.bank.join(write, version.value, 'refused');
  }

  private async escalate(write: WriteContext, task: ReviewTask): Promise<ReviewTask> {
    const { contentDigest } = task;
    assert(contentDigest, 'a task that was decided just now has its content');
    return this.reviews.open(write, { ...task, contentDigest, queue: ESCALATION_QUEUE, priority: Math.max(0, task.priority - 1) });
  }

  private async release(write: WriteContext, item: TurnItem, task: ReviewTask, decision: ReviewDecision): Promise<Result<unknown>> {
    if (task.version === null) return ok(null);
    const released = await this.assets.release(write, task.version, {
      turn: item.turn,
      item: item.id,
      decisions: [decision.id],
      facts: { bundle: decision.bundleHash, queue: task.queue, reasonCode: decision.reasonCode },
    });
    if (!released.ok) return released;
    return this.editing.move(write, item.id, 'released', {
      expectedFrom: item,
      facts: { task: task.id, decision: decision.id, reasonCode: decision.reasonCode },
    });
  }
}

/** What is signed of a review: exactly the picture that was looked at, under exactly this policy. */
export function decisionMatter(
  { task, contentDigest, outcome, reasonCode, text }: Pick<NewDecision, 'task' | 'contentDigest' | 'outcome' | 'reasonCode' | 'text'>,
  bundle: string,
): Matter {
  const reason = text.trim() === '' ? null : text;
  return { kind: 'task.decide', object: task, content: toHex(contentDigest), bundle, outcome, code: reasonCode, reason };
}
