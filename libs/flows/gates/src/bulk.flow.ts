import { EditingService } from '@imprimatur/domain/editing';
import { PolicyService } from '@imprimatur/domain/policies';
import { bulkRefusal, BULK_MAX, ClaimService, type NewDecision, ReviewService, type ReviewTask } from '@imprimatur/domain/review';
import { ok, refuse, type Result, type TaskId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { ReviewFlow } from './review.flow.js';
import { queueRules } from './review.policy.js';

/** One of many tasks that a reviewer decides alike, with the digest of what was looked at. */
export type BulkDecision = Omit<NewDecision, 'policy' | 'token'>;

/** The same decision on identical findings, each in a transaction of its own: one that is refused leaves the others as they are. */
@Injectable()
export class BulkFlow {
  constructor(
    private readonly reviews: ReviewService,
    private readonly claims: ClaimService,
    private readonly editing: EditingService,
    private readonly policies: PolicyService,
    private readonly flow: ReviewFlow,
  ) {}

  /** Whether these may be decided alike; asked before the first is. Those that are not there are refused one by one. */
  async check(read: ReadContext, ids: readonly TaskId[]): Promise<Result<null>> {
    const policy = await this.policies.active(read);
    const found: ReviewTask[] = [];
    for (const id of ids.slice(0, BULK_MAX + 1)) {
      const task = await this.reviews.find(read, id);
      if (!task.ok) return task;
      found.push(task.value);
    }
    const refused = bulkRefusal(found.map((task) => ({ task, isHighRisk: queueRules(policy, task.queue).isHighRisk })));
    return refused ? refuse(refused) : ok(null);
  }

  /** Takes one of them and decides it. */
  async decideOne(write: WriteContext, decision: BulkDecision): Promise<Result<{ readonly task: TaskId }>> {
    const found = await this.reviews.find(write, decision.task);
    // the item's lock first, as everywhere
    const item = found.ok ? await this.editing.lockItem(write, found.value.item) : found;
    if (!item.ok) return item;
    const claimed = await this.claims.claimToDecide(write, decision.task);
    return claimed.ok ? this.flow.decide(write, { ...decision, token: claimed.value.token }) : claimed;
  }
}
