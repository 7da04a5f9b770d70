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
import { type Decided, DecisionService, reviewerOf } from './decisions/decision.service.js';
import { taskClaimed, taskOpened, taskReturned, taskVoided } from './review.events.js';
import type { ReviewRefusal } from './review.refusals.js';
import { ReviewRepository } from './review.repository.js';
import { claimRefused, holdRefused, type HeldTask } from './review.rules.js';
import type { ClaimedTask, NewDecision, NewTask, ReviewDecision, ReviewTask, TaskPage } from './review.types.js';

/** A claim lasts so long unless its holder's heartbeat renews it: long enough to look, short enough that a closed laptop holds nothing up. */
export const LEASE_SECONDS = 300;
const PAGE_MAX = 100;

/** Queues of what a person must decide. It only decides: what follows for the turn's item is the caller's, in the same transaction. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly tasks: ReviewRepository,
    private readonly ledger: Ledger,
    private readonly decider: DecisionService,
  ) {}

  /** Puts an item into a queue, and voids the item's former task if one still waits. Part of the item's own life: no role is asked. `reason`: the requester's words. */
  async open(write: WriteContext, wish: NewTask, reason: string | null = null): Promise<ReviewTask> {
    await this.void(write, wish.item, 'superseded');
    const task: ReviewTask = { ...wish, id: newId('task'), state: 'open', openedAt: systemClock.now(), claim: null, endedAt: null };
    await this.tasks.insert(write, task);
    await this.ledger.append(write, taskOpened(task, reason));
    return task;
  }

  /** Takes this task, for as long as a lease lasts. */
  async claim(write: WriteContext, id: TaskId): Promise<Result<ClaimedTask, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const held = await this.tasks.lock(write, id);
    if (!held) return refuse(notFound('review task'));
    const refused = claimRefused(held, reviewer.value) ?? (await this.decider.refusal(write, held.task, reviewer.value));
    return refused ? refuse(refused) : ok(await this.take(write, held, reviewer.value));
  }

  /** Takes the most urgent task of `queue` that the reviewer may decide and nobody holds; null when there is none. */
  async claimNext(write: WriteContext, queue: string): Promise<Result<ClaimedTask | null, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const id = await this.tasks.pickNext(write, queue, reviewer.value, write.context.actor.roles);
    return id === null ? ok(null) : this.claim(write, id);
  }

  /** Renews the lease; answers until when. */
  async heartbeat(write: WriteContext, id: TaskId, token: string): Promise<Result<Date, ReviewRefusal>> {
    const held = await this.held(write, id, token);
    return held.ok ? ok(await this.tasks.extend(write, id, LEASE_SECONDS)) : held;
  }

  /** Gives the task back undecided. */
  async release(write: WriteContext, id: TaskId, token: string): Promise<Result<ReviewTask, ReviewRefusal>> {
    const held = await this.held(write, id, token);
    if (!held.ok) return held;
    const task: ReviewTask = { ...held.value.task, state: 'open', claim: null };
    await this.tasks.settle(write, id, 'open', null);
    await this.ledger.append(write, taskReturned(task));
    return ok(task);
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

  /** Tasks that wait, most urgent first, at most 100; empty for an actor who may not read them. */
  async list(read: ReadContext, page: TaskPage): Promise<readonly ReviewTask[]> {
    if (allow(read.context, 'read', 'ReviewTask')) return [];
    return this.tasks.list(read, { ...page, first: Math.min(page.first, PAGE_MAX) });
  }

  /** Every task of each of `items`, oldest first; empty for an actor who may not read them. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly ReviewTask[]> {
    return allow(read.context, 'read', 'ReviewTask') ? [] : this.tasks.ofItems(read, items);
  }

  /** The decisions of each of `tasks`; empty for an actor who may not read them. */
  async decisions(read: ReadContext, tasks: readonly TaskId[]): Promise<readonly ReviewDecision[]> {
    return allow(read.context, 'read', 'ReviewTask') ? [] : this.tasks.decisions(read, tasks);
  }

  private async take(write: WriteContext, { task, isLeaseRunning }: HeldTask, reviewer: SubjectId): Promise<ClaimedTask> {
    const { token, until } = await this.tasks.claim(write, task.id, reviewer, LEASE_SECONDS);
    assert(task.contentDigest, 'a task that may be claimed has its content');
    const claimed: ClaimedTask = { ...task, contentDigest: task.contentDigest, state: 'claimed', claim: { by: reviewer, until }, token };
    await this.ledger.append(write, taskClaimed(claimed, task.claim !== null && !isLeaseRunning && task.claim.by !== reviewer));
    return claimed;
  }

  private async held(write: WriteContext, id: TaskId, token: string): Promise<Result<HeldTask, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const held = await this.tasks.lock(write, id);
    if (!held) return refuse(notFound('review task'));
    const refused = holdRefused(held, reviewer.value, token);
    return refused ? refuse(refused) : ok(held);
  }
}
