import type { EntryId, Role, SubjectId, TaskId } from '@imprimatur/kernel';
import { preparedQuery, type ReadContext, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { answersFor, type StandIn } from './claim.rules.js';
import type { SkipGround, Standing } from './claim.types.js';
import { OFFERED } from './offer.repository.js';

/** From so many own requests on they are gone around; fewer are stepped over faster than that. */
const MANY_OWN = 5_000;
/** A reviewer's row is written no more often than this: reviewers beat every few seconds. */
const SEEN_SECONDS = 15;

const STANDING = `select
  (select coalesce(jsonb_object_agg(queue, tasks), '{}') from (
     select queue, count(*)::int as tasks from review_task
      where tenant = $1 and claimed_by = $2 and state = 'claimed' and lease_until > clock_timestamp() group by queue) own) as held,
  (select coalesce(jsonb_agg(jsonb_build_object('reviewer', reviewer, 'deputy', deputy)), '[]') from reviewer_absence
    where tenant = $1 and from_at <= clock_timestamp() and until_at > clock_timestamp()) as absent,
  (select until_at from reviewer_absence
    where tenant = $1 and reviewer = $2 and from_at <= clock_timestamp() and until_at > clock_timestamp()) as "absentUntil",
  (select count(*) > ${MANY_OWN} from (
     select from review_task where tenant = $1 and requester = $2 and ${OFFERED} limit ${MANY_OWN + 1}) own) as "hasManyOwn",
  exists (select from reviewer_presence
    where tenant = $1 and reviewer = $2 and seen_at > clock_timestamp() - interval '${SEEN_SECONDS} seconds') as "isSeenLately"`;

@Injectable()
export class ClaimRepository {
  /** One claim of a reviewer after the other, so that none is counted twice. */
  async lockReviewer(write: WriteContext, reviewer: SubjectId): Promise<void> {
    await preparedQuery(write)(`select pg_advisory_xact_lock(hashtextextended('review/' || $1 || '/' || $2, 0))`, [
      write.context.tenant,
      reviewer,
    ]);
  }

  async standing(read: ReadContext, reviewer: SubjectId): Promise<Standing> {
    const [row] = await preparedQuery(read)<Omit<Standing, 'reviewer' | 'answersFor'> & { readonly absent: readonly StandIn[] }>(STANDING, [
      read.context.tenant,
      reviewer,
    ]);
    if (!row) throw new Error('a select without from answers one row');
    const { absent, ...standing } = row;
    return { ...standing, reviewer, answersFor: answersFor(reviewer, absent) };
  }

  /** Everybody who is absent now. */
  async absent(read: ReadContext): Promise<readonly StandIn[]> {
    return read.manager.query<StandIn[]>(
      `select reviewer, deputy from reviewer_absence where tenant = $1 and from_at <= clock_timestamp() and until_at > clock_timestamp()`,
      [read.context.tenant],
    );
  }

  /** That the reviewer is at work; written at most every fifteen seconds. */
  async markSeen(write: WriteContext, reviewer: SubjectId): Promise<void> {
    await write.manager.query(
      `insert into reviewer_presence as known (tenant, reviewer, seen_at) values ($1, $2, clock_timestamp())
       on conflict (tenant, reviewer) do update set seen_at = excluded.seen_at
         where known.seen_at < excluded.seen_at - interval '${SEEN_SECONDS} seconds'`,
      [write.context.tenant, reviewer],
    );
  }

  async hasSkipped(read: ReadContext, reviewer: SubjectId, task: TaskId): Promise<boolean> {
    const rows = await read.manager.query<unknown[]>(`select 1 from review_exclusion where tenant = $1 and reviewer = $2 and task = $3`, [
      read.context.tenant,
      reviewer,
      task,
    ]);
    return rows.length > 0;
  }

  /** Whether somebody with these roles may decide the task now, as the database's own guards see it. */
  async isOpenTo(read: ReadContext, task: TaskId, reviewer: SubjectId, roles: readonly Role[]): Promise<boolean> {
    const [row] = await read.manager.query<{ open: boolean }[]>(
      `select review_open_to(t, $3, $4::text[]) as open from review_task t where t.tenant = $1 and t.id = $2`,
      [read.context.tenant, task, reviewer, [...roles]],
    );
    return row?.open ?? false;
  }

  async exclude(write: WriteContext, reviewer: SubjectId, task: TaskId, ground: SkipGround, entry: EntryId): Promise<void> {
    await write.manager.query(
      `insert into review_exclusion (tenant, reviewer, task, ground, entry, excluded_at) values ($1, $2, $3, $4, $5, now())
       on conflict do nothing`,
      [write.context.tenant, reviewer, task, ground, entry],
    );
  }

  /** Out of everybody's hands: for one person, or until a time, or for everybody at once. */
  async putBack(
    write: WriteContext,
    task: TaskId,
    { delegatedTo, restsUntil }: { readonly delegatedTo: SubjectId | null; readonly restsUntil: Date | null },
  ): Promise<void> {
    await write.manager.query(
      `update review_task set state = 'open', claimed_by = null, lease_token = null, lease_until = null, delegated_to = $3, rests_until = $4
        where tenant = $1 and id = $2`,
      [write.context.tenant, task, delegatedTo, restsUntil],
    );
  }
}
