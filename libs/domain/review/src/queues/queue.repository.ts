import type { SubjectId, TaskId } from '@imprimatur/kernel';
import { preparedQuery, type ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { ReviewTaskRow } from '../review.entity.js';
import { toTask } from '../review.repository.js';
import type { ReviewTask, TaskPage } from '../review.types.js';
import { COUNTED_MAX, type QueueStanding } from './queue.types.js';

/** What one page shows of the hands that tasks are in. */
const IN_HANDS_MAX = 1_000;

/** Walks the index from one queue to the next, so that it costs a look per queue and not per task. */
const STANDINGS = `
  with recursive named (queue) as (
    (select queue from review_task where tenant = $1 and ended_at is null order by queue limit 1)
    union all
    select next.queue from named before cross join lateral (
      select queue from review_task where tenant = $1 and ended_at is null and queue > before.queue order by queue limit 1) next)
  select queue,
    (select count(*)::int from (
       select from review_task t where tenant = $1 and t.queue = named.queue and ended_at is null limit ${COUNTED_MAX + 1}) w) as waiting,
    (select count(*)::int from (
       select from review_task t where tenant = $1 and t.queue = named.queue and ended_at is null and breached_at is not null
        limit ${COUNTED_MAX + 1}) b) as breached,
    (select count(*)::int from review_task t where tenant = $1 and t.queue = named.queue and ended_at is null
        and (state = 'claimed' or delegated_to is not null or rests_until is not null)
        and state = 'claimed' and lease_until > clock_timestamp()) as claimed,
    (select opened_at from review_task t where tenant = $1 and t.queue = named.queue and ended_at is null order by opened_at limit 1) as "oldestAt"
  from named order by queue`;

@Injectable()
export class QueueRepository {
  /** Tasks that wait, most urgent first. `answersFor`: the reader, and those whose delegations are the reader's for now. */
  async list(
    read: ReadContext,
    page: TaskPage,
    reader: SubjectId | null,
    answersFor: readonly SubjectId[],
  ): Promise<readonly ReviewTask[]> {
    const query = read.manager
      .createQueryBuilder(ReviewTaskRow, 't')
      .where('t.tenant = :tenant and t.ended_at is null', { tenant: read.context.tenant })
      .orderBy({ 't.priority': 'ASC', 't.due_at': 'ASC', 't.id': 'ASC' })
      .limit(page.first);
    // what is in hands is little, and far apart in the order: it is looked up first, or the walk would pass every task
    if (page.isMine || page.state === 'claimed') {
      const ids = page.isMine ? await this.mine(read, reader, answersFor) : await this.claimed(read, page.queue);
      query.andWhere('t.id = any (:ids)', { ids });
    }
    if (page.queue !== null) query.andWhere('t.queue = :queue', { queue: page.queue });
    if (page.state !== null) query.andWhere('t.state = :state', { state: page.state });
    if (page.isBreached) query.andWhere('t.breached_at is not null');
    if (page.after !== null) query.andWhere('(t.priority, t.due_at, t.id) > (:priority, :dueAt, :id)', { ...page.after });
    return (await query.getMany()).map(toTask);
  }

  /** Every queue in which something waits. */
  async standings(read: ReadContext): Promise<readonly QueueStanding[]> {
    return preparedQuery(read)<QueueStanding>(STANDINGS, [read.context.tenant]);
  }

  /** What is in anybody's hands; `queue` null: of every queue. */
  async held(read: ReadContext, queue: string | null): Promise<readonly ReviewTask[]> {
    const query = read.manager
      .createQueryBuilder(ReviewTaskRow, 't')
      .where(`t.tenant = :tenant and t.state = 'claimed' and t.lease_until > clock_timestamp()`, { tenant: read.context.tenant })
      .orderBy('t.id')
      .limit(IN_HANDS_MAX);
    if (queue !== null) query.andWhere('t.queue = :queue', { queue });
    return (await query.getMany()).map(toTask);
  }

  async seen(read: ReadContext, reviewers: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, Date>> {
    const rows = await read.manager.query<{ reviewer: SubjectId; seenAt: Date }[]>(
      `select reviewer, seen_at as "seenAt" from reviewer_presence where tenant = $1 and reviewer = any ($2::uuid[])`,
      [read.context.tenant, [...reviewers]],
    );
    return new Map(rows.map(({ reviewer, seenAt }) => [reviewer, seenAt]));
  }

  private async claimed(read: ReadContext, queue: string | null): Promise<readonly TaskId[]> {
    const rows = await read.manager.query<{ id: TaskId }[]>(
      `select id from review_task where tenant = $1 and state = 'claimed' and ($2::text is null or queue = $2)`,
      [read.context.tenant, queue],
    );
    return rows.map(({ id }) => id);
  }

  private async mine(read: ReadContext, reader: SubjectId | null, answersFor: readonly SubjectId[]): Promise<readonly TaskId[]> {
    const rows = await read.manager.query<{ id: TaskId }[]>(
      `select id from review_task where tenant = $1 and state = 'claimed' and claimed_by = $2 and lease_until > clock_timestamp()
       union all
       select id from review_task
        where tenant = $1 and ended_at is null and (state = 'claimed' or delegated_to is not null or rests_until is not null)
          and delegated_to = any ($3::uuid[])`,
      [read.context.tenant, reader, [...answersFor]],
    );
    return rows.map(({ id }) => id);
  }
}
