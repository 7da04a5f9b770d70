import { AssetService } from '@imprimatur/domain/assets';
import { PolicyService } from '@imprimatur/domain/policies';
import { EditingService } from '@imprimatur/domain/editing';
import { appealRefusal, appealRefused, DecisionReader, isText, ReviewService } from '@imprimatur/domain/review';
import { allow } from '@imprimatur/domain/identity';
import { type ItemId, ok, type Refusal, refuse, type Result, systemClock, type TaskId, type VersionId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { queueRules } from './review.policy.js';
import { following, placeIn } from './review.task.js';

/** A rejection goes to somebody else, once, when whoever asked for the edit wants it. */
@Injectable()
export class AppealFlow {
  constructor(
    private readonly reviews: ReviewService,
    private readonly reader: DecisionReader,
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly policies: PolicyService,
  ) {}

  async appeal(write: WriteContext, id: ItemId, reason: string): Promise<Result<{ readonly task: TaskId }>> {
    const denied = allow(write.context, 'submit', 'Turn');
    if (denied) return refuse(denied);
    if (!isText(reason)) return refuse(appealRefused('An appeal says why, in 1 to 2,000 characters.', 'Send a reason.'));
    const item = await this.editing.lockItem(write, id);
    if (!item.ok) return item;
    const task = await this.reader.lastDecided(write, id);
    if (!task || (await this.reader.hasWaiting(write, id)))
      return refuse(appealRefused('Nothing was decided that could be appealed.', 'Wait for the decision.'));
    const ending = await this.reader.ending(write, task.id);
    const policy = await this.policies.active(write);
    const queue = queueRules(policy, task.queue);
    const subject = write.context.actor.subject;
    const term = { days: queue.appealDays, now: systemClock.now() };
    const refused = appealRefusal(task, ending && { outcome: ending.decision.outcome, fate: ending.fate }, subject, term);
    if (refused) return refuse(refused);
    const ended = await this.rightEnded(write, task.version ?? item.value.baseVersion);
    if (ended) return refuse(ended);
    const { dueAt } = placeIn(policy, task.queue);
    const first = await this.reviews.decisions(write, [task.id]);
    const deciders = [...new Set([...task.deciders, ...first.map(({ reviewer }) => reviewer)])];
    const opened = await this.reviews.open(write, following(task, { kind: 'appeal', dueAt, deciders }), reason);
    if (item.value.state === 'rejected') {
      const facts = { task: opened.id, appealed: task.id };
      const to = task.version === null ? 'held-before' : 'held';
      const moved = await this.editing.move(write, id, to, { expectedFrom: item.value, facts });
      if (!moved.ok) return moved;
    }
    return ok({ task: opened.id });
  }

  /** A withdrawal ends what waits, and what was rejected waited no more: it would come back to life. Held, so that none comes between. */
  private async rightEnded(write: WriteContext, id: VersionId): Promise<Refusal | null> {
    const version = await this.assets.holdVersion(write, id);
    const stands = version.ok && version.value.blockedAt === null && version.value.erasedAt === null;
    return stands ? null : appealRefused('The right to the picture has ended.', 'Submit a new turn on another picture.');
  }
}
