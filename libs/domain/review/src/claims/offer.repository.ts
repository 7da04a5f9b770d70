import type { TaskId } from '@imprimatur/kernel';
import { preparedQuery, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Standing } from './claim.types.js';

/** The predicate of the indexes `review_task_offered*`. */
export const OFFERED = `ended_at is null and state = 'open' and delegated_to is null and rests_until is null`;
/** The predicate of the index `review_task_held_back`. */
const HELD_BACK = `ended_at is null and (state = 'claimed' or delegated_to is not null or rests_until is not null)`;
/** Asked row by row (`limit` keeps the planner from making a join of it, which would read the whole queue first). $2: the reviewer. */
const ELIGIBLE = `requester is distinct from $2 and last_editor is distinct from $2 and not ($2 = any (depicted))
  and (select true from review_exclusion x where x.tenant = t.tenant and x.reviewer = $2 and x.task = t.id limit 1) is null`;
/** What the system asked for has no requester. */
export const REQUESTER = `coalesce(requester, '00000000-0000-0000-0000-000000000000')`;
const URGENT_FIRST = `order by priority, due_at, id`;
/** As many as twenty reviewers who ask at once could have locked, and more. */
const CANDIDATES = 50;

/** Which task is offered next. Rows that others lock right now are stepped over: many reviewers ask at once, and none waits for another. */
@Injectable()
export class OfferRepository {
  /** The most urgent task that `standing` may decide and nobody holds, locked; null when there is none. `queue` null: of any queue. */
  async next(write: WriteContext, { reviewer, answersFor, hasManyOwn }: Standing, queue: string | null): Promise<TaskId | null> {
    const sql = (hasManyOwn ? AROUND_OWN : STRAIGHT)[queue === null ? 'anywhere' : 'inQueue'];
    const values = [write.context.tenant, reviewer, [...answersFor], ...(queue === null ? [] : [queue])];
    const [found] = await preparedQuery(write)<{ id: TaskId }>(sql, values);
    return found?.id ?? null;
  }
}

/**
 * What is held back for somebody, or was in hands that let go: all of it is looked at, because it is little. What was handed over by name comes first.
 */
const backFor = (inQueue: string): string => `
  select id, priority, due_at, delegated_to is not null as by_name from review_task t
   where tenant = $1 ${inQueue} and ${HELD_BACK} and ${ELIGIBLE}
     and ((state = 'claimed' and lease_until <= clock_timestamp())
       or (state = 'open' and (rests_until is null or rests_until <= clock_timestamp()) and (delegated_to is null or delegated_to = any ($3))))
   order by delegated_to is not null desc, priority, due_at, id limit 1 for update skip locked`;

/** From the head of the queue to the first that the reviewer may decide. */
const straight = (inQueue: string): string => `
  select id, priority, due_at from review_task t where tenant = $1 ${inQueue} and ${OFFERED} and ${ELIGIBLE} ${URGENT_FIRST} limit 1 for update skip locked`;

/**
 * The same for somebody whose own requests fill the head of the queue: one look per requester, however many tasks each has. `requested` walks the index
 * from one requester (and queue) to the next.
 */
const aroundOwn = (inQueue: string): string => `
  select id, priority, due_at from review_task t
   where tenant = $1 and ${OFFERED} and id in (
     with recursive requested (requester, queue) as (
       (select ${REQUESTER}, queue from review_task where tenant = $1 and ${OFFERED} order by ${REQUESTER}, queue limit 1)
       union all
       select next.requester, next.queue from requested before cross join lateral (
         select ${REQUESTER} as requester, queue from review_task
          where tenant = $1 and ${OFFERED} and (${REQUESTER}, queue) > (before.requester, before.queue)
          order by ${REQUESTER}, queue limit 1) next)
     select head.id from requested cross join lateral (
       select id, priority, due_at from review_task t
        where tenant = $1 and ${OFFERED} and ${REQUESTER} = requested.requester and queue = requested.queue and ${ELIGIBLE}
        ${URGENT_FIRST} limit ${CANDIDATES}) head
      where requested.requester <> $2 ${inQueue.replace('queue', 'requested.queue')}
      order by head.priority, head.due_at, head.id limit ${CANDIDATES})
   ${URGENT_FIRST} limit 1 for update skip locked`;

const offer = (walk: (inQueue: string) => string, inQueue: string): string => `
  with walked as materialized (${walk(inQueue)}), back as materialized (${backFor(inQueue)})
  select id from (select id, priority, due_at, false as by_name from walked union all select id, priority, due_at, by_name from back) found
   order by by_name desc, priority, due_at, id limit 1`;

const both = (walk: (inQueue: string) => string): { readonly inQueue: string; readonly anywhere: string } => ({
  inQueue: offer(walk, 'and queue = $4'),
  anywhere: offer(walk, ''),
});
const STRAIGHT = both(straight);
const AROUND_OWN = both(aroundOwn);
