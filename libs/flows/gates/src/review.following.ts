import { AssetService } from '@imprimatur/domain/assets';
import { EditingService, type ItemState, type TurnItem } from '@imprimatur/domain/editing';
import { PictureBank } from '@imprimatur/domain/moderation';
import type { ActivePolicy } from '@imprimatur/domain/policies';
import { type Decided, DecisionReader, DecisionService, ReviewService, type ReviewTask } from '@imprimatur/domain/review';
import { ok, type Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { isRemembered } from './review.policy.js';
import { following, placeIn } from './review.task.js';

/** Where an escalated task goes when its reviewer names no queue. */
const ESCALATION_QUEUE = 'legal';

/** States of an item in which a person's decision can still follow. A released one is approved for publication, and moves nowhere. */
const AWAITED: readonly ItemState[] = ['held', 'held-before', 'released'];

export function isAwaited(item: TurnItem, task: ReviewTask): boolean {
  return AWAITED.includes(item.state) && (item.state === 'held-before') === (task.version === null);
}

export interface FollowOptions {
  readonly policy: ActivePolicy;
  /** Where an escalated task goes; null: the usual queue. */
  readonly queue: string | null;
}

/** What follows from a decision for the item that it was about, in the transaction that lets it follow. */
@Injectable()
export class DecisionFollower {
  constructor(
    private readonly reviews: ReviewService,
    private readonly decisions: DecisionService,
    private readonly reader: DecisionReader,
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly bank: PictureBank,
  ) {}

  async follow(write: WriteContext, item: TurnItem, decided: Decided, options: FollowOptions): Promise<Result<unknown>> {
    const { task, decision } = decided;
    switch (decision.outcome) {
      case 'approve':
        return this.approved(write, item, decided);
      case 'reject':
        if (isRemembered(options.policy, decision.reasonCode)) await this.remember(write, task);
        return this.move(write, item, 'rejected', decided);
      case 'request-changes':
        return this.move(write, item, item.state === 'held' ? 'changes-requested' : 'rejected', decided);
      case 'escalate':
        return ok(await this.escalate(write, decided, options));
    }
  }

  private async approved(write: WriteContext, item: TurnItem, decided: Decided): Promise<Result<unknown>> {
    const { task } = decided;
    if (task.kind === 'appeal') {
      await this.decisions.recordOverturn(write, task);
      if (task.version !== null) await this.bank.leave(write, task.version, 'refused');
    }
    if (task.version === null) return this.move(write, item, 'screened', decided);
    return item.state === 'released' ? ok(null) : this.release(write, item, decided);
  }

  private async release(write: WriteContext, item: TurnItem, decided: Decided): Promise<Result<unknown>> {
    const { task, decision } = decided;
    if (task.version === null) return ok(null);
    const approvals = await this.reader.approvals(write, [task.version]);
    const released = await this.assets.release(write, task.version, {
      turn: item.turn,
      item: item.id,
      decisions: approvals.map(({ id }) => id),
      facts: { bundle: decision.bundleHash, queue: task.queue, reasonCode: decision.reasonCode },
    });
    return released.ok ? this.move(write, item, 'released', decided) : released;
  }

  /** A decision whose effect waited is carried out by the service, for the person who was entitled to it. */
  private async move(write: WriteContext, item: TurnItem, to: ItemState, { task, decision }: Decided): Promise<Result<unknown>> {
    if (item.state === 'released') return ok(null);
    const facts = { task: task.id, decision: decision.id, reasonCode: decision.reasonCode };
    return this.editing.moveForReview(write, item.id, to, { expectedFrom: item, facts });
  }

  /** Whoever uploads or makes what was rejected again meets that. */
  private async remember(write: WriteContext, { version: id }: ReviewTask): Promise<void> {
    const version = id && (await this.assets.findVersion(write, id));
    if (version?.ok) await this.bank.join(write, version.value, 'refused');
  }

  /** To others: whoever passes it on leaves it to them. */
  private async escalate(write: WriteContext, { task, decision }: Decided, { policy, queue }: FollowOptions): Promise<ReviewTask> {
    const place = placeIn(policy, queue ?? ESCALATION_QUEUE);
    const priority = Math.max(0, Math.min(place.priority, task.priority - 1));
    const deciders = [...new Set([...task.deciders, decision.reviewer])];
    return this.reviews.open(write, following(task, { ...place, priority, deciders }));
  }
}
