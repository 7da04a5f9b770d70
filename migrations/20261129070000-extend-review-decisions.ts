import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `slots`: a place per approval, `any` or a role. `deciders`: who decided it before, as the first instance or before they passed it on. */
const TASK = [
  `alter table review_task
    add column session uuid,
    add column kind text not null default 'hold' check (kind in ('hold', 'publication', 'appeal')),
    add column slots text[] not null default '{any}'
      check (cardinality(slots) between 1 and 5 and array_ndims(slots) = 1 and slots <@ '{any,approver,legal}'::text[]),
    add column follows uuid,
    add column policy_author uuid,
    add column involved uuid[] not null default '{}' check (array_position(involved, null) is null),
    add column deciders uuid[] not null default '{}' check (array_position(deciders, null) is null),
    add foreign key (tenant, follows) references review_task (tenant, id)`,
  // a decision is appealed once
  `create unique index review_task_appeal on review_task (tenant, follows) where kind = 'appeal'`,
  `create index review_task_follows on review_task (tenant, follows) where follows is not null`,
];

/** `takes_effect_at`: null where the decision took effect with itself. */
const DECISION = [
  `alter table review_decision drop constraint review_decision_tenant_task_key`,
  `alter table review_decision add column slot smallint, add column takes_effect_at timestamptz`,
  `create unique index review_decision_once_per_person on review_decision (tenant, task, reviewer)`,
  `create unique index review_decision_once_per_slot on review_decision (tenant, task, slot) where outcome = 'approve'`,
  `create unique index review_decision_ends_once on review_decision (tenant, task) where outcome <> 'approve'`,
  `create index review_decision_time on review_decision (tenant, decided_at)`,
];

const TABLES = [
  // what became of a decision whose effect waited: it followed, or came to nothing
  `create table review_decision_effect (
    tenant uuid not null references tenant (id),
    decision uuid not null,
    followed boolean not null,
    why text,
    at timestamptz not null,
    primary key (tenant, decision),
    foreign key (tenant, decision) references review_decision (tenant, id),
    check (followed = (why is null))
  )`,
  `create table review_decision_undo (
    tenant uuid not null references tenant (id),
    decision uuid not null,
    undone_by uuid not null,
    undone_at timestamptz not null,
    entry uuid not null,
    primary key (tenant, decision),
    foreign key (tenant, decision) references review_decision (tenant, id)
  )`,
  `create table review_overturn (
    tenant uuid not null references tenant (id),
    task uuid not null,
    overturns uuid not null,
    entry uuid not null,
    at timestamptz not null,
    primary key (tenant, task),
    unique (tenant, overturns),
    foreign key (tenant, task) references review_task (tenant, id),
    foreign key (tenant, overturns) references review_task (tenant, id)
  )`,
  `create table review_condition (
    tenant uuid not null references tenant (id),
    decision uuid not null,
    code text not null,
    kind text not null check (kind in ('channels', 'declaration', 'operations')),
    channels text[] not null default '{}',
    forbids text[] not null default '{}',
    session uuid,
    asset uuid not null,
    version uuid,
    entry uuid not null,
    primary key (tenant, decision, code),
    foreign key (tenant, decision) references review_decision (tenant, id),
    check ((kind = 'channels') = (cardinality(channels) > 0)),
    check ((kind = 'operations') = (cardinality(forbids) > 0))
  )`,
  `create index review_condition_version on review_condition (tenant, version)`,
  `create index review_condition_session on review_condition (tenant, session, asset) where kind = 'operations'`,
  `create table review_conflict (
    tenant uuid not null references tenant (id),
    id uuid not null,
    reviewer uuid not null,
    kind text not null check (kind in ('session', 'asset', 'subject')),
    target uuid not null,
    entry uuid not null,
    declared_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, reviewer, kind, target)
  )`,
  // in ten-thousandths of width and height
  `create table review_pin (
    tenant uuid not null references tenant (id),
    id uuid not null,
    task uuid not null,
    decision uuid not null,
    item uuid not null,
    asset uuid not null,
    x integer not null check (x between 0 and 10000),
    y integer not null check (y between 0 and 10000),
    entry uuid not null,
    placed_by uuid not null,
    placed_at timestamptz not null,
    resolved_by uuid,
    resolved_at timestamptz,
    resolved_entry uuid,
    primary key (tenant, id),
    foreign key (tenant, decision) references review_decision (tenant, id),
    foreign key (tenant, task) references review_task (tenant, id),
    check (num_nulls(resolved_by, resolved_at, resolved_entry) in (0, 3))
  )`,
  `create index review_pin_task on review_pin (tenant, task, id)`,
  `create table review_pin_comment (
    tenant uuid not null references tenant (id),
    id uuid not null,
    pin uuid not null,
    author uuid not null,
    entry uuid not null,
    at timestamptz not null,
    primary key (tenant, id),
    foreign key (tenant, pin) references review_pin (tenant, id)
  )`,
  `create index review_pin_comment_pin on review_pin_comment (tenant, pin, id)`,
  `alter table export add column declares text[] not null default '{}'`,
];

/** Why somebody may not decide a task, as a code, or null. Asked by the triggers and by whoever looks for the next task. */
const BAR = `create function review_bar(t review_task, who uuid) returns text language sql stable as $$
  select case
    when who is not distinct from t.requester then 'requester'
    when who is not distinct from t.last_editor then 'last-editor'
    when who = any (t.depicted) then 'depicted'
    when who is not distinct from t.policy_author then 'policy-author'
    when who = any (t.involved) then 'involved'
    when who = any (t.deciders) then 'decided-before'
    when exists (
      select 1 from review_conflict c where c.tenant = t.tenant and c.reviewer = who
        and ((c.kind = 'session' and c.target = t.session) or (c.kind = 'asset' and c.target = t.asset)
          or (c.kind = 'subject' and (c.target = t.requester or c.target = t.last_editor or c.target = any (t.depicted))))
    ) then 'conflict'
    when exists (select 1 from review_decision d where d.tenant = t.tenant and d.task = t.id and d.reviewer = who) then 'approved-already'
  end
$$`;

/** Whether somebody with these roles may decide the task now: nothing bars them, and a place is free that they can take. */
const OPEN_TO = `create function review_open_to(t review_task, who uuid, roles text[]) returns boolean language sql stable as $$
  select review_bar(t, who) is null and exists (
    select 1 from unnest(t.slots) with ordinality as s (role, place)
     where (s.role = 'any' or s.role = any (roles))
       and not exists (select 1 from review_decision d
                        where d.tenant = t.tenant and d.task = t.id and d.outcome = 'approve' and d.slot = s.place - 1)
  )
$$`;

/** The approvals that count: their task has them all, nobody said no or took one back, and what should follow has followed. */
const STANDS = `create function review_approved(t review_task) returns boolean language sql stable as $$
  select t.state = 'decided'
    and exists (select 1 from review_decision d where d.tenant = t.tenant and d.task = t.id)
    and not exists (
      select 1 from review_decision d
        left join review_decision_effect e on e.tenant = d.tenant and e.decision = d.id
        left join review_decision_undo u on u.tenant = d.tenant and u.decision = d.id
       where d.tenant = t.tenant and d.task = t.id
         and (d.outcome <> 'approve' or u.decision is not null or (d.takes_effect_at is not null and e.followed is not true))
    )
$$`;

/** The service checks the same first and answers with a refusal; these errors are for whoever goes around it. */
const GUARD_DECISION = `create function guard_review_decision_standing() returns trigger language plpgsql as $$
declare
  t review_task%rowtype;
  bar text;
  place text;
begin
  select * into t from review_task where tenant = new.tenant and id = new.task for update;
  if not found then
    return new; -- the older guard says so
  end if;
  bar := review_bar(t, new.reviewer);
  if bar is not null then
    raise exception 'review_decision: %', bar using errcode = 'IM403';
  end if;
  if new.outcome <> 'approve' then
    new.slot := null;
    return new;
  end if;
  new.slot := coalesce(new.slot, 0);
  place := t.slots[new.slot + 1];
  if place is null then
    raise exception 'review_decision: the task has no such place' using errcode = 'IM409';
  end if;
  if place <> 'any' and not exists (select 1 from member m where m.tenant = new.tenant and m.id = new.reviewer and place = any (m.roles)) then
    raise exception 'review_decision: the place is for the role %', place using errcode = 'IM403';
  end if;
  return new;
end $$`;

const GUARD_TASK = `create function guard_review_task_standing() returns trigger language plpgsql as $$
declare
  before review_task%rowtype;
begin
  if tg_op = 'INSERT' then
    if new.follows is null then
      if new.kind = 'appeal' then
        raise exception 'review_task: an appeal follows a decision' using errcode = 'insufficient_privilege';
      end if;
      return new;
    end if;
    select * into before from review_task where tenant = new.tenant and id = new.follows;
    if before.item is distinct from new.item or before.ended_at is null or not before.deciders <@ new.deciders
       or (before.kind = 'appeal' and new.kind <> 'appeal') then
      raise exception 'review_task: not what follows that task' using errcode = 'insufficient_privilege';
    end if;
    if new.kind = 'appeal' and before.kind <> 'appeal' and exists (
      select 1 from review_decision d where d.tenant = new.tenant and d.task = new.follows and not d.reviewer = any (new.deciders)) then
      raise exception 'review_task: an appeal is for somebody else than the first decider' using errcode = 'IM403';
    end if;
    return new;
  end if;
  if (new.session, new.kind, new.slots, new.follows, new.policy_author, new.involved, new.deciders)
     is distinct from (old.session, old.kind, old.slots, old.follows, old.policy_author, old.involved, old.deciders) then
    raise exception 'review_task: what a task is about does not change' using errcode = 'insufficient_privilege';
  end if;
  if new.claimed_by is not null and new.claimed_by is distinct from old.claimed_by
     and review_bar(new, new.claimed_by) in ('policy-author', 'involved', 'decided-before', 'conflict', 'approved-already') then
    raise exception 'review_task: separation of duties' using errcode = 'IM403';
  end if;
  if new.state = 'decided' and old.state <> 'decided'
     and not exists (select 1 from review_decision d where d.tenant = new.tenant and d.task = new.id and d.outcome <> 'approve')
     and (select count(*) from review_decision d where d.tenant = new.tenant and d.task = new.id) < cardinality(new.slots) then
    raise exception 'review_task: not everybody has approved yet' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$`;

/** Taken back by whoever decided, while nothing has followed. */
const GUARD_UNDO = `create function guard_review_undo() returns trigger language plpgsql as $$
declare
  d review_decision%rowtype;
begin
  select * into d from review_decision where tenant = new.tenant and id = new.decision;
  perform 1 from review_task where tenant = d.tenant and id = d.task for update;
  if d.reviewer is distinct from new.undone_by then
    raise exception 'review_decision_undo: only by whoever decided' using errcode = 'IM403';
  end if;
  if d.takes_effect_at is null or d.takes_effect_at <= clock_timestamp()
     or exists (select 1 from review_decision_effect e where e.tenant = d.tenant and e.decision = d.id) then
    raise exception 'review_decision_undo: too late' using errcode = 'IM409';
  end if;
  return new;
end $$`;

const GUARD_EFFECT = `create function guard_review_effect() returns trigger language plpgsql as $$
declare
  d review_decision%rowtype;
begin
  select * into d from review_decision where tenant = new.tenant and id = new.decision;
  perform 1 from review_task where tenant = d.tenant and id = d.task for update;
  if d.takes_effect_at is null or d.takes_effect_at > clock_timestamp()
     or exists (select 1 from review_decision_undo u where u.tenant = d.tenant and u.decision = d.id) then
    raise exception 'review_decision_effect: not now' using errcode = 'IM409';
  end if;
  return new;
end $$`;

const GUARD_OVERTURN = `create function guard_review_overturn() returns trigger language plpgsql as $$
declare
  t review_task%rowtype;
begin
  select * into t from review_task where tenant = new.tenant and id = new.task;
  if t.kind <> 'appeal' or not review_approved(t) then
    raise exception 'review_overturn: no appeal that was granted' using errcode = 'IM409';
  end if;
  return new;
end $$`;

/** Triggers fire in the order of their names: who may not decide at all is told before what else is wrong. */
const TRIGGERS = [
  ['review_task', 'before insert or update', 'review_task_standing', 'guard_review_task_standing'],
  ['review_decision', 'before insert', 'review_decision_barred', 'guard_review_decision_standing'],
  ['review_decision_undo', 'before insert', 'review_decision_undo_entitled', 'guard_review_undo'],
  ['review_decision_effect', 'before insert', 'review_decision_effect_due', 'guard_review_effect'],
  ['review_overturn', 'before insert', 'review_overturn_granted', 'guard_review_overturn'],
].flatMap(([table, when, name, guard]) => [
  `create trigger ${name} ${when} on ${table} for each row execute function ${guard}()`,
  `alter table ${table} enable always trigger ${name}`,
]);

const APPEND_ONLY = [
  'review_decision_effect',
  'review_decision_undo',
  'review_overturn',
  'review_condition',
  'review_conflict',
  'review_pin_comment',
];

const CALLED = ['review_bar(review_task, uuid)', 'review_open_to(review_task, uuid, text[])', 'review_approved(review_task)'];

const PROTECTION = [
  ...CALLED.map((signature) => `grant execute on function ${signature} to imprimatur_app`),
  ...APPEND_ONLY.flatMap((table) => [`select make_append_only('${table}')`, `select protect_tenant_table('${table}', 'select, insert')`]),
  `select protect_tenant_table('review_pin', 'select, insert, update (resolved_by, resolved_at, resolved_entry)')`,
];

/** Several approvals of a task, who may not give one, and what decisions leave behind. */
export class ExtendReviewDecisions20261129070000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const guards = [BAR, OPEN_TO, STANDS, GUARD_DECISION, GUARD_TASK, GUARD_UNDO, GUARD_EFFECT, GUARD_OVERTURN];
    for (const statement of [...TASK, ...DECISION, ...TABLES, ...guards, ...TRIGGERS, ...PROTECTION]) await runner.query(statement);
  }

  /** Only where no task was approved by several people: the older schema has room for one decision of each. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger review_task_standing on review_task`);
    await runner.query(`drop trigger review_decision_barred on review_decision`);
    for (const table of [...APPEND_ONLY, 'review_pin'].reverse()) await runner.query(`drop table ${table} cascade`);
    for (const guard of ['task_standing', 'decision_standing', 'undo', 'effect', 'overturn'])
      await runner.query(`drop function guard_review_${guard}()`);
    for (const signature of CALLED) await runner.query(`drop function ${signature}`);
    await runner.query(`alter table export drop column declares`);
    for (const index of ['once_per_person', 'once_per_slot', 'ends_once', 'time'])
      await runner.query(`drop index review_decision_${index}`);
    await runner.query(`alter table review_decision drop column slot, drop column takes_effect_at`);
    await runner.query(`alter table review_decision add unique (tenant, task)`);
    await runner.query(`alter table review_task drop column session, drop column kind, drop column slots, drop column follows,
      drop column policy_author, drop column involved, drop column deciders`);
  }
}
