import { Ledger, type NewEvent } from '@imprimatur/domain/ledger';
import { assert, type TaskId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { taskReturned } from '../claims/claim.events.js';
import { aboutTask } from '../review.events.js';
import { ReviewRepository } from '../review.repository.js';
import type { ReviewTask } from '../review.types.js';
import { ClockRepository } from './clock.repository.js';

/** What the policy wants done with a task that nobody decided in time. */
export interface LateTerms {
  /** By how much it becomes more urgent. */
  readonly raiseBy: number;
  /** The queue that it is moved to; null: it stays. */
  readonly to: string | null;
}

export interface Ticked {
  /** The task that was found to be late just now, as it is by now, and the queue it was in; null: it is not late, or that was told before. */
  readonly breached: { readonly task: ReviewTask; readonly from: string } | null;
  /** When to look again; null: never, unless something happens to it. */
  readonly nextLook: Date | null;
}

/** What time does to a task. For whoever is the system; looking twice does nothing the second time. */
@Injectable()
export class ClockService {
  constructor(
    private readonly tasks: ReviewRepository,
    private readonly clock: ClockRepository,
    private readonly ledger: Ledger,
  ) {}

  async tick(write: WriteContext, id: TaskId, termsOf: (queue: string) => LateTerms): Promise<Ticked> {
    assert(write.context.actor.kind === 'system', 'the clock is the system');
    const held = await this.tasks.lock(write, id);
    const hands = held && (await this.clock.read(write, id));
    if (!held || !hands) return { breached: null, nextLook: null };
    if (hands.isLeaseOver) {
      await this.tasks.settle(write, id, 'open', null);
      await this.ledger.append(write, taskReturned(held.task, 'lease-ended'));
    }
    if (hands.isRestOver) await this.clock.wake(write, id);
    const breached = hands.isLate ? await this.breach(write, held.task, termsOf(held.task.queue)) : null;
    return { breached, nextLook: await this.clock.nextLook(write, id) };
  }

  private async breach(write: WriteContext, task: ReviewTask, { raiseBy, to }: LateTerms): Promise<Ticked['breached']> {
    const after = { priority: Math.max(0, task.priority - raiseBy), queue: to ?? task.queue };
    await this.clock.breach(write, task.id, after);
    await this.ledger.append(write, taskBreached(task, after));
    return { task: { ...task, ...after }, from: task.queue };
  }
}

function taskBreached(task: ReviewTask, { priority, queue }: { readonly priority: number; readonly queue: string }): NewEvent {
  return {
    type: 'task.breached',
    about: aboutTask(task),
    facts: { queue: task.queue, dueAt: task.dueAt.toISOString(), priority, ...(queue === task.queue ? {} : { movedTo: queue }) },
  };
}
