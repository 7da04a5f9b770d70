import type { DecisionId, EntryId, ItemId, SubjectId, TaskId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ReviewTask } from '../review.types.js';
import type { DecisionFate, RuleFeedback } from './decision.types.js';

/** What became of decisions, and which approvals count. */
@Injectable()
export class DecisionRepository {
  /** A task with all its approvals, of which nobody took one back, and after which what they decide has followed. */
  async approvedTasks(read: ReadContext, versions: readonly VersionId[]): Promise<readonly TaskId[]> {
    const rows = await read.manager.query<{ id: TaskId }[]>(
      `select t.id from review_task t where t.tenant = $1 and t.version = any ($2::uuid[]) and review_approved(t) order by t.id`,
      [read.context.tenant, [...versions]],
    );
    return rows.map(({ id }) => id);
  }

  async fates(read: ReadContext, decisions: readonly DecisionId[]): Promise<ReadonlyMap<DecisionId, DecisionFate>> {
    const rows = await read.manager.query<{ id: DecisionId; fate: DecisionFate }[]>(
      `select d.id, case when u.decision is not null then 'undone'
                         when d.takes_effect_at is null or e.followed then 'followed'
                         when e.decision is null then 'pending' else 'voided' end as fate
         from review_decision d
         left join review_decision_effect e on e.tenant = d.tenant and e.decision = d.id
         left join review_decision_undo u on u.tenant = d.tenant and u.decision = d.id
        where d.tenant = $1 and d.id = any ($2::uuid[])`,
      [read.context.tenant, [...decisions]],
    );
    return new Map(rows.map(({ id, fate }) => [id, fate]));
  }

  async taskOf(read: ReadContext, decision: DecisionId): Promise<TaskId | null> {
    const rows = await read.manager.query<{ task: TaskId }[]>(`select task from review_decision where tenant = $1 and id = $2`, [
      read.context.tenant,
      decision,
    ]);
    return rows[0]?.task ?? null;
  }

  /** `why`: a code where it came to nothing; null: it followed. */
  async insertEffect(write: WriteContext, decision: DecisionId, why: string | null, at: Date): Promise<void> {
    await write.manager.query(`insert into review_decision_effect (tenant, decision, followed, why, at) values ($1, $2, $3, $4, $5)`, [
      write.context.tenant,
      decision,
      why === null,
      why,
      at,
    ]);
  }

  async insertUndo(
    write: WriteContext,
    decision: DecisionId,
    undone: { readonly by: SubjectId; readonly at: Date; readonly entry: EntryId },
  ): Promise<void> {
    await write.manager.query(
      `insert into review_decision_undo (tenant, decision, undone_by, undone_at, entry) values ($1, $2, $3, $4, $5)`,
      [write.context.tenant, decision, undone.by, undone.at, undone.entry],
    );
  }

  async insertOverturn(
    write: WriteContext,
    appeal: TaskId,
    overturns: TaskId,
    { entry, at }: { readonly entry: EntryId; readonly at: Date },
  ): Promise<void> {
    await write.manager.query(`insert into review_overturn (tenant, task, overturns, entry, at) values ($1, $2, $3, $4, $5)`, [
      write.context.tenant,
      appeal,
      overturns,
      entry,
      at,
    ]);
  }

  /** The task of the first instance; an appeal may have been passed on since. */
  async appealed(read: ReadContext, task: ReviewTask): Promise<TaskId | null> {
    const rows = await read.manager.query<{ id: TaskId }[]>(
      `with recursive line as (
         select id, kind, follows from review_task where tenant = $1 and id = $2
         union all
         select t.id, t.kind, t.follows from review_task t join line l on t.tenant = $1 and t.id = l.follows and l.kind = 'appeal'
       )
       select id from line where kind <> 'appeal'`,
      [read.context.tenant, task.id],
    );
    return rows[0]?.id ?? null;
  }

  /** The last task of the item that ended by a decision. */
  async lastDecided(read: ReadContext, item: ItemId): Promise<TaskId | null> {
    const rows = await read.manager.query<{ id: TaskId }[]>(
      `select id from review_task where tenant = $1 and item = $2 and state = 'decided' order by ended_at desc, id desc limit 1`,
      [read.context.tenant, item],
    );
    return rows[0]?.id ?? null;
  }

  async hasWaiting(read: ReadContext, item: ItemId): Promise<boolean> {
    const rows = await read.manager.query<unknown[]>(`select 1 from review_task where tenant = $1 and item = $2 and ended_at is null`, [
      read.context.tenant,
      item,
    ]);
    return rows.length > 0;
  }

  /** Of every rule that held something which was decided since, the most overturned first. */
  async feedback(read: ReadContext, since: Date, limit: number): Promise<readonly RuleFeedback[]> {
    const rows = await read.manager.query<{ rule: string; decisions: string; approved: string; overturned: string }[]>(
      `select f.rule, count(*) as decisions, count(*) filter (where review_approved(t)) as approved, count(o.task) as overturned
         from (select distinct task from review_decision where tenant = $1 and decided_at >= $2) d
         join review_task t on t.tenant = $1 and t.id = d.task and t.state = 'decided' and t.kind = 'hold'
         cross join lateral (select distinct finding ->> 'rule' as rule from jsonb_array_elements(t.findings) as finding) f
         left join review_overturn o on o.tenant = $1 and o.overturns = t.id
        group by f.rule order by count(o.task) desc, count(*) desc, f.rule limit $3`,
      [read.context.tenant, since, limit],
    );
    return rows.map(({ rule, decisions, approved, overturned }) => ({
      rule,
      decisions: Number(decisions),
      approved: Number(approved),
      overturned: Number(overturned),
    }));
  }
}
