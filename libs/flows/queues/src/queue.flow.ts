import { NoticeService } from '@imprimatur/domain/notices';
import { PolicyService } from '@imprimatur/domain/policies';
import {
  type ClaimedTask,
  ClaimService,
  type InHand,
  QueueService,
  type QueueStanding,
  type ReviewRefusal,
} from '@imprimatur/domain/review';
import { ok, type Result, type SubjectId, type TaskId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { claimTermsOf, queuesOf } from './queue.terms.js';

/** A queue of the bundle, or one in which tasks wait still that an earlier bundle had. */
export interface QueueView extends QueueStanding {
  readonly title: string;
  /** Null: the bundle knows this queue no more. */
  readonly priority: number | null;
  readonly hours: string | null;
}

/** Claims by the rules of the active bundle, and what people are told of them. */
@Injectable()
export class QueueFlow {
  constructor(
    private readonly policies: PolicyService,
    private readonly claims: ClaimService,
    private readonly queues: QueueService,
    private readonly notices: NoticeService,
  ) {}

  async claim(write: WriteContext, task: TaskId): Promise<Result<ClaimedTask, ReviewRefusal>> {
    return this.claims.claim(write, task, claimTermsOf(await this.policies.active(write)));
  }

  async claimNext(write: WriteContext, queue: string | null): Promise<Result<ClaimedTask | null, ReviewRefusal>> {
    return this.claims.claimNext(write, queue, claimTermsOf(await this.policies.active(write)));
  }

  /** Whoever is to take it now is told: the person named, or who stands in for them. */
  async delegate(write: WriteContext, hand: InHand, to: SubjectId, text: string): Promise<Result<TaskId, ReviewRefusal>> {
    const delegated = await this.claims.delegate(write, hand, to, text);
    if (!delegated.ok) return delegated;
    const { task, recipient } = delegated.value;
    await this.notices.tell(write, { kind: 'task-delegated', about: task.id, version: 1, daysLeft: null, until: task.dueAt }, [
      { subject: recipient, exports: [] },
    ]);
    return ok(task.id);
  }

  /** The bundle's queues, most urgent first, then those that only tasks know; empty for an actor who may not claim. */
  async standings(read: ReadContext): Promise<readonly QueueView[]> {
    const standings = await this.queues.standings(read);
    const known = queuesOf(await this.policies.active(read));
    const strangers = standings.filter(({ queue }) => !known.some(({ id }) => id === queue));
    return [
      ...known.map(({ id, title, priority, hours }) => ({
        ...(standings.find(({ queue }) => queue === id) ?? { queue: id, waiting: 0, breached: 0, claimed: 0, oldestAt: null }),
        ...{ title, priority, hours: hours ?? null },
      })),
      ...strangers.map((standing) => ({ ...standing, title: standing.queue, priority: null, hours: null })),
    ];
  }
}
