import { Injectable } from '@nestjs/common';
import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  assert,
  newId,
  notFound,
  ok,
  refuse,
  systemClock,
  type ItemId,
  type Result,
  type SubjectId,
  type TaskId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { type Decided, DecisionService } from './decisions/decision.service.js';
import { reviewerOf } from './review.actor.js';
import { taskClaimed, taskOpened, taskVoided } from './review.events.js';
import type { ReviewRefusal } from './review.refusals.js';
import { ReviewRepository } from './review.repository.js';
import { claimRefused, type HeldTask } from './review.rules.js';
import { type ClaimedTask, type NewDecision, type NewTask, type ReviewDecision, type ReviewTask, TASK_CLOCK_JOB } from './review.types.js';

/** A claim lasts so long unless its holder's heartbeat renews it: long enough to look, short enough that a closed laptop holds nothing up. */
export const LEASE_SECONDS = 300;

/** Queues of what a person must decide. It only decides: what follows for the turn's item is the caller's, in the same transaction. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly tasks: ReviewRepository,
    private readonly ledger: Ledger,
    private readonly decider: DecisionService,
    private readonly jobs: Jobs,
  ) {}

  /** Puts an item into a queue, and voids the item's former task if one still waits. Part of the item's own life: no role is asked. `reason`: the requester's words. */
  async open(write: WriteContext, wish: NewTask, reason: string | null = null): Promise<ReviewTask> {
    await this.void(write, wish.item, 'superseded');
    const { route = null, ...about } = wish;
    const inNobodysHands = { claim: null, delegatedTo: null, restsUntil: null, breachedAt: null, endedAt: null };
    const task: ReviewTask = { ...about, id: newId('task'), state: 'open', openedAt: systemClock.now(), ...inNobodysHands };
    await this.tasks.insert(write, task);
    await this.ledger.append(write, taskOpened(task, route, reason));
    await this.lookAgain(write, task.id, task.dueAt);
    return task;
  }

  /** Takes this task, for as long as a lease lasts. `inTheWay`: what else, beside the task itself, keeps the reviewer from it. */
  async claim(
    write: WriteContext,
    id: TaskId,
    inTheWay: (task: ReviewTask) => ReviewRefusal | null = () => null,
  ): Promise<Result<ClaimedTask, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const held = await this.tasks.lock(write, id);
    if (!held) return refuse(notFound('review task'));
    const refused =
      claimRefused(held, reviewer.value) ?? (await this.decider.refusal(write, held.task, reviewer.value)) ?? inTheWay(held.task);
    return refused ? refuse(refused) : ok(await this.take(write, held, reviewer.value));
  }

  /** Decides a task that the reviewer holds, on exactly the content that the reviewer saw. */
  async decide(write: WriteContext, wish: NewDecision): Promise<Result<Decided, ReviewRefusal>> {
    return this.decider.decide(write, wish);
  }

  /** Ends the item's task undecided, if one still waits; null when none does. `why` is a code: `superseded`, `cancelled`, `consent-withdrawn`. */
  async void(write: WriteContext, item: ItemId, why: string): Promise<ReviewTask | null> {
    const waiting = await this.tasks.lockWaiting(write, item);
    if (!waiting) return null;
    const now = systemClock.now();
    const task: ReviewTask = { ...waiting, state: 'voided', claim: null, endedAt: now };
    await this.tasks.settle(write, task.id, 'voided', now);
    await this.ledger.append(write, taskVoided(task, why));
    return task;
  }

  /** Holds the tasks that wait for `items`: called before anything is written to the ledger, since a claim holds its task first too. */
  async lockWaitingOf(write: WriteContext, items: readonly ItemId[]): Promise<void> {
    await this.tasks.lockWaitingOf(write, items);
  }

  async find(read: ReadContext, id: TaskId): Promise<Result<ReviewTask, ReviewRefusal>> {
    const task = allow(read.context, 'read', 'ReviewTask') ? null : await this.tasks.find(read, id);
    return task ? ok(task) : refuse(notFound('review task'));
  }

  /** Every task of each of `items`, oldest first; empty for an actor who may not read them. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly ReviewTask[]> {
    return allow(read.context, 'read', 'ReviewTask') ? [] : this.tasks.ofItems(read, items);
  }

  /** The decisions of each of `tasks`; empty for an actor who may not read them. */
  async decisions(read: ReadContext, tasks: readonly TaskId[]): Promise<readonly ReviewDecision[]> {
    return allow(read.context, 'read', 'ReviewTask') ? [] : this.tasks.decisions(read, tasks);
  }

  /** Sees to it that the task's clock is looked at then, or before. */
  async lookAgain(write: WriteContext, task: TaskId, at: Date): Promise<void> {
    await this.jobs.enqueue(write, { kind: TASK_CLOCK_JOB, key: task, payload: { task }, runAt: at });
  }

  private async take(write: WriteContext, { task, isLeaseRunning }: HeldTask, reviewer: SubjectId): Promise<ClaimedTask> {
    const { token, until } = await this.tasks.claim(write, task.id, reviewer, LEASE_SECONDS);
    assert(task.contentDigest, 'a task that may be claimed has its content');
    const inHand = { claim: { by: reviewer, until }, token, delegatedTo: null, restsUntil: null };
    const claimed: ClaimedTask = { ...task, contentDigest: task.contentDigest, state: 'claimed', ...inHand };
    await this.ledger.append(write, taskClaimed(claimed, task.claim !== null && !isLeaseRunning && task.claim.by !== reviewer));
    await this.lookAgain(write, task.id, until);
    return claimed;
  }
}
