import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Nobody holds it, nobody alone may take it, and it does not rest: what `claimNext` offers to everybody. */
const OFFERED = `ended_at is null and state = 'open' and delegated_to is null and rests_until is null`;
/** What waits and is not offered to everybody: few, because each is in somebody's hands or was put aside by somebody. */
const HELD_BACK = `ended_at is null and (state = 'claimed' or delegated_to is not null or rests_until is not null)`;

const TASKS = [
  `alter table review_task
     add column delegated_to uuid,
     add column rests_until timestamptz,
     add column breached_at timestamptz,
     add constraint review_task_delegate_separate check (
       delegated_to is null
       or (delegated_to is distinct from requester and delegated_to is distinct from last_editor and not (delegated_to = any (depicted)))
     )`,
  `create index review_task_offered on review_task (tenant, queue, priority, due_at, id) where ${OFFERED}`,
  `create index review_task_offered_anywhere on review_task (tenant, priority, due_at, id) where ${OFFERED}`,
  // a reviewer whose own requests fill the head of a queue is led from requester to requester, not from task to task
  `create index review_task_offered_requester on review_task
     (tenant, requester, queue, priority, due_at, id) where ${OFFERED}`,
  `create index review_task_held_back on review_task (tenant, queue) where ${HELD_BACK}`,
  `create index review_task_claimed on review_task (tenant, claimed_by) where state = 'claimed'`,
  `create index review_task_breached on review_task (tenant, queue, priority, due_at, id) where ended_at is null and breached_at is not null`,
  `create index review_task_breached_anywhere on review_task (tenant, priority, due_at, id) where ended_at is null and breached_at is not null`,
  `create index review_task_oldest on review_task (tenant, queue, opened_at) where ended_at is null`,
];

/** Tasks that waited before get the clock that new ones get. */
const CLOCKS = [
  `alter table review_task no force row level security`,
  `insert into job (tenant, kind, key, payload, run_at)
     select tenant, 'task-clock', id::text, jsonb_build_object('task', id), least(due_at, lease_until) from review_task where ended_at is null`,
  `alter table review_task force row level security`,
];

/** That a task was late stays true, whatever happens to it afterwards. */
const BREACH = [
  `create function guard_review_breach() returns trigger language plpgsql as $$
  begin
    if old.breached_at is not null and new.breached_at is distinct from old.breached_at then
      raise exception 'review_task: a breach is told once' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end $$`,
  `create trigger review_task_breached_once before update on review_task for each row execute function guard_review_breach()`,
  `alter table review_task enable always trigger review_task_breached_once`,
];

const REVIEWERS = [
  `create table review_exclusion (
    tenant uuid not null references tenant (id),
    reviewer uuid not null,
    task uuid not null,
    ground text not null check (ground in ('conflict-of-interest', 'not-qualified', 'personal', 'other')),
    entry uuid not null,
    excluded_at timestamptz not null,
    primary key (tenant, reviewer, task),
    foreign key (tenant, task) references review_task (tenant, id),
    foreign key (tenant, entry) references ledger_entry (tenant, id)
  )`,
  `create index review_exclusion_task on review_exclusion (tenant, task)`,
  `select make_append_only('review_exclusion')`,
  `select protect_tenant_table('review_exclusion', 'select, insert')`,
  `create table reviewer_absence (
    tenant uuid not null references tenant (id),
    reviewer uuid not null,
    from_at timestamptz not null,
    until_at timestamptz not null,
    deputy uuid,
    entry uuid not null,
    primary key (tenant, reviewer),
    foreign key (tenant, entry) references ledger_entry (tenant, id),
    check (until_at > from_at),
    constraint reviewer_absence_deputy_other check (deputy is distinct from reviewer)
  )`,
  `create index reviewer_absence_deputy on reviewer_absence (tenant, deputy)`,
  `select protect_tenant_table('reviewer_absence', 'select, insert, update, delete')`,
  `create table reviewer_presence (
    tenant uuid not null references tenant (id),
    reviewer uuid not null,
    seen_at timestamptz not null,
    primary key (tenant, reviewer)
  )`,
  `create index reviewer_presence_seen on reviewer_presence (tenant, seen_at)`,
  `select protect_tenant_table('reviewer_presence', 'select, insert, update, delete')`,
];

/** Which kinds of notice there are is the outbox's own closed list: the table only keeps out what is no kind at all. */
const NOTICES = [
  `alter table notice drop constraint notice_kind_check`,
  `alter table notice add constraint notice_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$')`,
];

const KINDS_BEFORE = `'consent-withdrawn', 'consent-expired', 'consent-expiring', 'attestation-ended'`;

export class QueueReviews20261129060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TASKS, ...CLOCKS, ...BREACH, ...REVIEWERS, ...NOTICES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table notice no force row level security`);
    await runner.query(`delete from notice where kind not in (${KINDS_BEFORE})`);
    await runner.query(`alter table notice force row level security`);
    await runner.query(`alter table notice drop constraint notice_kind_check`);
    await runner.query(`alter table notice add constraint notice_kind_check check (kind in (${KINDS_BEFORE}))`);
    for (const table of ['reviewer_presence', 'reviewer_absence', 'review_exclusion']) await runner.query(`drop table ${table}`);
    await runner.query(`drop trigger review_task_breached_once on review_task`);
    await runner.query(`drop function guard_review_breach()`);
    await runner.query(`delete from job where kind = 'task-clock' and state = 'queued'`);
    // their indexes go with the columns
    await runner.query(`alter table review_task drop column delegated_to, drop column rests_until, drop column breached_at`);
    await runner.query(`drop index if exists review_task_claimed, review_task_oldest`);
  }
}
