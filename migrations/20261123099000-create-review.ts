import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `create table review_task (
    tenant uuid not null references tenant (id),
    id uuid not null,
    asset uuid not null,
    turn uuid not null,
    item uuid not null,
    version uuid,
    content_digest bytea not null check (octet_length(content_digest) = 32),
    queue text not null,
    priority smallint not null check (priority between 0 and 9),
    due_at timestamptz(3) not null,
    findings jsonb not null,
    bundle_hash bytea not null,
    requester uuid,
    last_editor uuid,
    depicted uuid[] not null default '{}',
    state text not null check (state in ('open', 'claimed', 'decided', 'voided')),
    opened_at timestamptz not null,
    claimed_by uuid,
    lease_until timestamptz,
    lease_token uuid,
    ended_at timestamptz,
    primary key (tenant, id),
    check ((state in ('decided', 'voided')) = (ended_at is not null)),
    check ((state = 'claimed') = (claimed_by is not null and lease_until is not null and lease_token is not null)),
    check (array_position(depicted, null) is null),
    check (num_nulls(claimed_by, lease_until, lease_token) in (0, 3)),
    constraint review_task_separation_of_duties check (
      claimed_by is null
      or (claimed_by is distinct from requester and claimed_by is distinct from last_editor and not (claimed_by = any (depicted)))
    )
  )`,
  `create table review_decision (
    tenant uuid not null references tenant (id),
    id uuid not null,
    task uuid not null,
    reviewer uuid not null,
    outcome text not null check (outcome in ('approve', 'reject', 'request-changes', 'escalate')),
    reason_code text not null,
    content_digest bytea not null,
    bundle_hash bytea not null,
    lease_token uuid not null,
    entry uuid not null,
    decided_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, task),
    foreign key (tenant, task) references review_task (tenant, id)
  )`,
  // 'ended_at is null' and not the state: a claim then changes no indexed column, and the row can be updated in place
  `create unique index review_task_waiting_item on review_task (tenant, item) where ended_at is null`,
  `create index review_task_waiting_queue on review_task (tenant, queue, priority, due_at, id) where ended_at is null`,
  `create index review_task_waiting on review_task (tenant, priority, due_at, id) where ended_at is null`,
  `create index review_task_item on review_task (tenant, item, id)`,
];

/** What a task is about never changes: else the person who may not decide could be written out of it first. */
const GUARD_TASK = `create function guard_review_task() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'review_task: % refused', tg_op using errcode = 'insufficient_privilege';
  end if;
  if (new.tenant, new.id, new.asset, new.turn, new.item, new.version, new.content_digest, new.findings, new.bundle_hash,
      new.requester, new.last_editor, new.depicted, new.opened_at)
     is distinct from (old.tenant, old.id, old.asset, old.turn, old.item, old.version, old.content_digest, old.findings, old.bundle_hash,
      old.requester, old.last_editor, old.depicted, old.opened_at) then
    raise exception 'review_task: what a task is about does not change' using errcode = 'insufficient_privilege';
  end if;
  if old.ended_at is not null then
    raise exception 'review_task: a task that ended stays ended' using errcode = 'insufficient_privilege';
  end if;
  if new.state = 'decided' and not exists (select 1 from review_decision d where d.tenant = new.tenant and d.task = new.id) then
    raise exception 'review_task: decided without a decision' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$`;

/** The service checks the same first and answers with a refusal; these errors are for whoever goes around it. */
const GUARD_DECISION = `create function guard_review_decision() returns trigger language plpgsql as $$
declare
  t review_task%rowtype;
begin
  select * into t from review_task where tenant = new.tenant and id = new.task for update;
  if not found then
    raise exception 'review_decision: no such task' using errcode = 'IM404';
  end if;
  if new.reviewer is not distinct from t.requester or new.reviewer is not distinct from t.last_editor or new.reviewer = any (t.depicted) then
    raise exception 'review_decision: separation of duties' using errcode = 'IM403';
  end if;
  if t.state <> 'claimed' or t.claimed_by <> new.reviewer or t.lease_token <> new.lease_token or t.lease_until <= clock_timestamp() then
    raise exception 'review_decision: the reviewer does not hold the task' using errcode = 'IM409';
  end if;
  if t.content_digest <> new.content_digest then
    raise exception 'review_decision: decided on other content' using errcode = 'IM412';
  end if;
  return new;
end $$`;

const GUARDS = [
  GUARD_TASK,
  `create trigger review_task_kept before update or delete on review_task for each row execute function guard_review_task()`,
  `create trigger review_task_not_truncated before truncate on review_task for each statement execute function guard_review_task()`,
  `alter table review_task enable always trigger review_task_kept`,
  `alter table review_task enable always trigger review_task_not_truncated`,
  GUARD_DECISION,
  `create trigger review_decision_entitled before insert on review_decision for each row execute function guard_review_decision()`,
  `alter table review_decision enable always trigger review_decision_entitled`,
  `select make_append_only('review_decision')`,
  `select protect_tenant_table('review_task', 'select, insert, update')`,
  `select protect_tenant_table('review_decision', 'select, insert')`,
];

export class CreateReview20261123099000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...GUARDS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table review_decision`);
    await runner.query(`drop table review_task`);
    await runner.query(`drop function guard_review_decision()`);
    await runner.query(`drop function guard_review_task()`);
  }
}
