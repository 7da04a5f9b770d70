import { MemberService, rolesThatMay } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { notFound, ok, refuse, type Result, type SubjectId, systemClock, type TaskId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { reviewerOf } from '../review.actor.js';
import type { ReviewRefusal } from '../review.refusals.js';
import { ReviewRepository } from '../review.repository.js';
import { holdRefused } from '../review.rules.js';
import { LEASE_SECONDS, ReviewService } from '../review.service.js';
import type { ClaimedTask, ReviewTask } from '../review.types.js';
import { taskDelegated as delegated, taskReturned, taskSkipped as skipped, taskSnoozed } from './claim.events.js';
import { delegateUnfit } from './claim.refusals.js';
import { ClaimRepository } from './claim.repository.js';
import {
  delegateRefused,
  fullQueues,
  inPlaceOf,
  offerRefused,
  snoozeRefused,
  takeRefused,
  textRefused,
  workloadRefused,
} from './claim.rules.js';
import type { ClaimTerms, SkipGround, Standing } from './claim.types.js';
import { OfferRepository } from './offer.repository.js';

/** A task in the reviewer's hands: the token proves it. */
export interface InHand {
  readonly task: TaskId;
  readonly token: string;
}

/** Taking tasks into one's hands, and out of them again other than by a decision. */
@Injectable()
export class ClaimService {
  constructor(
    private readonly reviews: ReviewService,
    private readonly tasks: ReviewRepository,
    private readonly claims: ClaimRepository,
    private readonly offers: OfferRepository,
    private readonly members: MemberService,
    private readonly ledger: Ledger,
  ) {}

  /** Takes this task, if the reviewer holds no more than the policy allows. Taking what one holds already renews the claim. */
  async claim(write: WriteContext, id: TaskId, terms: ClaimTerms): Promise<Result<ClaimedTask, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const standing = await this.standing(write, reviewer.value);
    const hasSkipped = await this.claims.hasSkipped(write, reviewer.value, id);
    const claimed = await this.reviews.claim(write, id, (task) => {
      if (task.claim?.by === reviewer.value) return null;
      return takeRefused(task, standing, hasSkipped) ?? workloadRefused(standing, terms, task.queue);
    });
    return this.seen(write, standing, claimed);
  }

  /** Takes this task to decide it in the same transaction. It is in no hand before or after, so it counts for no workload, and nobody waits for its reviewer. */
  async claimToDecide(write: WriteContext, id: TaskId): Promise<Result<ClaimedTask, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const standing = await this.claims.standing(write, reviewer.value);
    const hasSkipped = await this.claims.hasSkipped(write, reviewer.value, id);
    return this.reviews.claim(write, id, (task) => takeRefused(task, standing, hasSkipped));
  }

  /** Takes the most urgent task that the reviewer may decide and nobody holds; null when there is none. `queue` null: of any queue. */
  async claimNext(write: WriteContext, queue: string | null, terms: ClaimTerms): Promise<Result<ClaimedTask | null, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const standing = await this.standing(write, reviewer.value);
    const refused = offerRefused(standing, terms, queue);
    if (refused) return refuse(refused);
    const id = await this.pick(write, standing, queue, terms);
    const claimed: Result<ClaimedTask | null, ReviewRefusal> = id === null ? ok(null) : await this.reviews.claim(write, id);
    return this.seen(write, standing, claimed);
  }

  /** The heartbeat: renews the lease; answers until when. */
  async extend(write: WriteContext, { task, token }: InHand): Promise<Result<Date, ReviewRefusal>> {
    const held = await this.held(write, { task, token });
    if (!held.ok) return held;
    await this.claims.markSeen(write, held.value.reviewer);
    return ok(await this.tasks.extend(write, task, LEASE_SECONDS));
  }

  /** Gives the task back undecided. */
  async giveBack(write: WriteContext, hand: InHand): Promise<Result<TaskId, ReviewRefusal>> {
    const held = await this.held(write, hand);
    if (!held.ok) return held;
    await this.claims.putBack(write, hand.task, { delegatedTo: null, restsUntil: null });
    await this.ledger.append(write, taskReturned(held.value.task, 'given-back'));
    return ok(hand.task);
  }

  /** Gives it back, and is never offered it again. */
  async skip(write: WriteContext, hand: InHand, ground: SkipGround, text: string): Promise<Result<TaskId, ReviewRefusal>> {
    const refused = textRefused(text, ground === 'other');
    if (refused) return refuse(refused);
    const held = await this.held(write, hand);
    if (!held.ok) return held;
    const { task, reviewer } = held.value;
    const entry = await this.ledger.append(write, skipped(task, ground, text, reviewer));
    await this.claims.exclude(write, reviewer, task.id, ground, entry.id);
    await this.claims.putBack(write, task.id, { delegatedTo: null, restsUntil: null });
    return ok(task.id);
  }

  /** Puts it aside for everybody: it is offered again from then on. Whoever means it may still claim it by its id. */
  async snooze(write: WriteContext, hand: InHand, until: Date, text: string): Promise<Result<TaskId, ReviewRefusal>> {
    const held = await this.held(write, hand);
    if (!held.ok) return held;
    const { task, reviewer } = held.value;
    const refused = textRefused(text, false) ?? snoozeRefused(task, until, systemClock.now());
    if (refused) return refuse(refused);
    await this.claims.putBack(write, task.id, { delegatedTo: null, restsUntil: until });
    await this.ledger.append(write, taskSnoozed(task, until, text, reviewer));
    await this.reviews.lookAgain(write, task.id, until);
    return ok(task.id);
  }

  /** Hands it to another person by name, who alone may take it then; where they are away, their deputy. Answers who is to be told. */
  async delegate(
    write: WriteContext,
    hand: InHand,
    to: SubjectId,
    text: string,
  ): Promise<Result<{ readonly task: ReviewTask; readonly recipient: SubjectId }, ReviewRefusal>> {
    const held = await this.held(write, hand);
    if (!held.ok) return held;
    const { task, reviewer } = held.value;
    const recipient = inPlaceOf(to, await this.claims.absent(write));
    const refused =
      textRefused(text, false) ??
      (to === reviewer || recipient === reviewer ? delegateUnfit('it is in your own hands already') : null) ??
      (recipient === null ? delegateUnfit('they are away, and nobody stands in for them') : null) ??
      (await this.unfit(write, task, to)) ??
      (recipient === null ? null : await this.unfit(write, task, recipient));
    if (refused || recipient === null) return refuse(refused ?? delegateUnfit('nobody is there'));
    await this.claims.putBack(write, task.id, { delegatedTo: to, restsUntil: null });
    await this.ledger.append(write, delegated(task, to, text, reviewer));
    return ok({ task, recipient });
  }

  private async unfit(write: WriteContext, task: ReviewTask, subject: SubjectId): Promise<ReviewRefusal | null> {
    const roles = (await this.members.rolesOf(write, [subject])).get(subject) ?? [];
    const mayDecide = roles.some((role) => rolesThatMay('decide', 'ReviewTask').includes(role));
    const hasSkipped = await this.claims.hasSkipped(write, subject, task.id);
    const isOpen = await this.claims.isOpenTo(write, task.id, subject, roles);
    return delegateRefused(task, { subject, mayDecide, hasSkipped, isOpen });
  }

  /** What stands first comes first; where that cannot be asked of all queues at once, they are asked one by one. */
  private async pick(write: WriteContext, standing: Standing, queue: string | null, terms: ClaimTerms): Promise<TaskId | null> {
    const full = fullQueues(standing, terms);
    if (queue === null && full.length === 0 && !standing.hasManyOwn) return this.offers.next(write, standing, null);
    const queues = queue === null ? terms.queues.map(({ id }) => id).filter((id) => !full.includes(id)) : [queue];
    for (const each of queues) {
      const found = await (standing.hasManyOwn
        ? this.offers.nextAroundOwn(write, standing, each)
        : this.offers.next(write, standing, each));
      if (found !== null) return found;
    }
    return null;
  }

  private async standing(write: WriteContext, reviewer: SubjectId): Promise<Standing> {
    await this.claims.lockReviewer(write, reviewer);
    return this.claims.standing(write, reviewer);
  }

  private async seen<T>(write: WriteContext, standing: Standing, result: Result<T, ReviewRefusal>): Promise<Result<T, ReviewRefusal>> {
    if (result.ok && !standing.isSeenLately) await this.claims.markSeen(write, standing.reviewer);
    return result;
  }

  private async held(
    write: WriteContext,
    { task: id, token }: InHand,
  ): Promise<Result<{ readonly task: ReviewTask; readonly reviewer: SubjectId }, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const held = await this.tasks.lock(write, id);
    if (!held) return refuse(notFound('review task'));
    const refused = holdRefused(held, reviewer.value, token);
    return refused ? refuse(refused) : ok({ task: held.task, reviewer: reviewer.value });
  }
}
