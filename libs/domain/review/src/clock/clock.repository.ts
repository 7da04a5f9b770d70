import type { TaskId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** What the clock says of a task that waits. */
export interface ClockHands {
  readonly isLeaseOver: boolean;
  readonly isRestOver: boolean;
  /** It is due, and nobody has told so yet. */
  readonly isLate: boolean;
}

export interface Breach {
  readonly priority: number;
  readonly queue: string;
}

/** By the database's clock alone, which measures the leases too. */
@Injectable()
export class ClockRepository {
  /** Null: it waits no more. The caller has locked it. */
  async read(read: ReadContext, task: TaskId): Promise<ClockHands | null> {
    const [hands] = await read.manager.query<ClockHands[]>(
      `select coalesce(state = 'claimed' and lease_until <= clock_timestamp(), false) as "isLeaseOver",
              coalesce(rests_until <= clock_timestamp(), false) as "isRestOver",
              breached_at is null and due_at <= clock_timestamp() as "isLate"
         from review_task where tenant = $1 and id = $2 and ended_at is null`,
      [read.context.tenant, task],
    );
    return hands ?? null;
  }

  async wake(write: WriteContext, task: TaskId): Promise<void> {
    await write.manager.query(`update review_task set rests_until = null where tenant = $1 and id = $2`, [write.context.tenant, task]);
  }

  /** Late, more urgent, and everybody's; it stays in the hands of whoever holds it. */
  async breach(write: WriteContext, task: TaskId, { priority, queue }: Breach): Promise<void> {
    await write.manager.query(
      `update review_task set breached_at = clock_timestamp(), priority = $3, queue = $4, delegated_to = null, rests_until = null
        where tenant = $1 and id = $2`,
      [write.context.tenant, task, priority, queue],
    );
  }

  /** When to look again; null: when somebody does something with it. */
  async nextLook(read: ReadContext, task: TaskId): Promise<Date | null> {
    const [row] = await read.manager.query<{ next: Date | null }[]>(
      `select least(lease_until, rests_until, case when breached_at is null then due_at end) as next
         from review_task where tenant = $1 and id = $2 and ended_at is null`,
      [read.context.tenant, task],
    );
    return row?.next ?? null;
  }
}
