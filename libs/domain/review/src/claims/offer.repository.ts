import type { TaskId } from '@imprimatur/kernel';
import { preparedQuery, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Standing } from './claim.types.js';

/** The predicate of the indexes `review_task_offered*`. */
export const OFFERED = `ended_at is null and state = 'open' and delegated_to is null and rests_until is null`;
/** The predicate of the index `review_task_held_back`. */
const HELD_BACK = `ended_at is null and (state = 'claimed' or delegated_to is not null or rests_until is not null)`;
/**
 * Asked row by row (`limit` keeps the planner from making a join of it, which would read the whole queue first). $2: the reviewer, $5: their roles. What is
 * cheap stands before `review_open_to`, which knows every reason why a task is not for somebody.
 */
const ELIGIBLE = `requester is distinct from $2 and last_editor is distinct from $2 and not ($2 = any (depicted))
  and (select true from review_exclusion x where x.tenant = t.tenant and x.reviewer = $2 and x.task = t.id limit 1) is null
  and review_open_to(t, $2, $5::text[])`;
const URGENT_FIRST = `order by priority, due_at, id`;
/** Of each requester, on the way around one's own: others may have locked the first. */
const HEADS = 4;
const CANDIDATES = 50;

/** Which task is offered next. Rows that others lock right now are stepped over: many reviewers ask at once, and none waits for another. */
@Injectable()
export class OfferRepository {
  /** The most urgent task that the reviewer may decide and nobody holds, locked; null when there is none. `queue` null: of any queue. */
  async next(write: WriteContext, { reviewer, answersFor }: Standing, queue: string | null): Promise<TaskId | null> {
    return this.ask(write, queue === null ? STRAIGHT_ANYWHERE : STRAIGHT, [
      write.context.tenant,
      reviewer,
      answersFor,
      queue,
      write.context.actor.roles,
    ]);
  }

  /** The same for a reviewer whose own requests stand in great number before it. Where others hold all that was found so, the long way is gone. */
  async nextAroundOwn(write: WriteContext, standing: Standing, queue: string): Promise<TaskId | null> {
    const { reviewer, answersFor } = standing;
    return (
      (await this.ask(write, AROUND_OWN, [write.context.tenant, reviewer, answersFor, queue, write.context.actor.roles])) ??
      this.next(write, standing, queue)
    );
  }

  private async ask(write: WriteContext, sql: string, values: readonly unknown[]): Promise<TaskId | null> {
    const [found] = await preparedQuery(write)<{ id: TaskId }>(sql, values);
    return found?.id ?? null;
  }
}

/**
 * What is held back for somebody, or was in hands that let go: all of it is looked at, because it is little. What was handed over by name comes first.
 */
const backFor = (inQueue: string): string => `
  select id, priority, due_at, delegated_to is not null as by_name from review_task t
   where tenant = $1 and ${inQueue} and ${HELD_BACK} and ${ELIGIBLE}
     and ((state = 'claimed' and lease_until <= clock_timestamp())
       or (state = 'open' and (rests_until is null or rests_until <= clock_timestamp()) and (delegated_to is null or delegated_to = any ($3))))
   order by delegated_to is not null desc, priority, due_at, id limit 1 for update skip locked`;

/** From the head of the queue to the first that the reviewer may decide: about a thousandth of a millisecond for each that is stepped over. */
const straight = (inQueue: string): string => `
  select id, priority, due_at from review_task t
   where tenant = $1 and ${inQueue} and ${OFFERED} and ${ELIGIBLE} ${URGENT_FIRST} limit 1 for update skip locked`;

const headOf = (requester: string): string => `
  select id, priority, due_at from review_task t
   where tenant = $1 and ${requester} and queue = $4 and ${OFFERED} and ${ELIGIBLE} ${URGENT_FIRST} limit ${HEADS}`;

/** One look per requester, however many tasks each has: `requested` walks the index from one to the next. What the system asked for has none. */
const aroundOwn = `
  select id, priority, due_at from review_task t
   where tenant = $1 and ${OFFERED} and id = any (array(
     with recursive requested (requester) as (
       (select requester from review_task where tenant = $1 and ${OFFERED} and requester is not null order by requester limit 1)
       union all
       select next.requester from requested before cross join lateral (
         select requester from review_task where tenant = $1 and ${OFFERED} and requester > before.requester order by requester limit 1) next)
     select id from (
       select head.* from requested cross join lateral (${headOf('requester = requested.requester')}) head where requested.requester <> $2
       union all (${headOf('requester is null')})) heads
      ${URGENT_FIRST} limit ${CANDIDATES}))
   ${URGENT_FIRST} limit 1 for update skip locked`;

const offer = (walk: string, inQueue: string): string => `
  with walked as materialized (${walk}), back as materialized (${backFor(inQueue)})
  select id from (select id, priority, due_at, false as by_name from walked union all select id, priority, due_at, by_name from back) found
   order by by_name desc, priority, due_at, id limit 1`;

const IN_QUEUE = 'queue = $4';
/** Of any queue. The fourth value has its type, and is null. */
const ANYWHERE = '$4::text is null';
const STRAIGHT = offer(straight(IN_QUEUE), IN_QUEUE);
const STRAIGHT_ANYWHERE = offer(straight(ANYWHERE), ANYWHERE);
const AROUND_OWN = offer(aroundOwn, IN_QUEUE);
