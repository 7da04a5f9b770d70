import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `create table legal_hold (
    tenant uuid not null references tenant (id),
    id uuid not null,
    kind text not null check (kind in ('asset', 'session', 'subject', 'tenant')),
    target uuid not null,
    matter text not null,
    entry uuid not null,
    placed_by uuid,
    placed_at timestamptz not null,
    released_by uuid,
    released_at timestamptz,
    release_entry uuid,
    primary key (tenant, id),
    foreign key (tenant, entry) references ledger_entry (tenant, id),
    foreign key (tenant, release_entry) references ledger_entry (tenant, id),
    check ((released_at is null) = (release_entry is null)),
    check (released_at is not null or released_by is null),
    constraint legal_hold_two_people check (released_by is null or released_by is distinct from placed_by)
  )`,
  `create unique index legal_hold_active on legal_hold (tenant, kind, target, matter) where released_at is null`,
  `create table erasure (
    tenant uuid not null references tenant (id),
    id uuid not null,
    subject uuid not null,
    plan_digest bytea not null check (octet_length(plan_digest) = 32),
    report jsonb not null,
    entry uuid not null,
    requested_by uuid,
    requested_at timestamptz not null,
    completed_at timestamptz,
    completed_entry uuid,
    primary key (tenant, id),
    unique (tenant, subject),
    foreign key (tenant, subject) references subject (tenant, id),
    foreign key (tenant, entry) references ledger_entry (tenant, id),
    foreign key (tenant, completed_entry) references ledger_entry (tenant, id),
    check ((completed_at is null) = (completed_entry is null))
  )`,
  // what is still to be destroyed: written with the erasure, so that a worker that dies is followed by one that knows
  `create table erasure_copy (
    tenant uuid not null,
    erasure uuid not null,
    kind text not null,
    id text not null,
    done_at timestamptz,
    primary key (tenant, erasure, kind, id),
    foreign key (tenant, erasure) references erasure (tenant, id)
  )`,
  `create table retention_rule (
    tenant uuid not null references tenant (id),
    class text not null check (class in ('turn', 'asset', 'consent', 'review', 'export', 'ledger-payload')),
    keep_days integer check (keep_days between 1 and 36500),
    duty_days integer check (duty_days between 1 and 36500),
    basis text not null,
    set_by uuid,
    set_at timestamptz not null,
    primary key (tenant, class),
    check (keep_days is null or duty_days is null or keep_days >= duty_days)
  )`,
  `select protect_tenant_table('legal_hold', 'select, insert, update (released_by, released_at, release_entry)')`,
  `select protect_tenant_table('erasure', 'select, insert, update (completed_at, completed_entry)')`,
  `select protect_tenant_table('erasure_copy', 'select, insert, update (done_at)')`,
  `select protect_tenant_table('retention_rule', 'select, insert, update')`,
];

/** Whose erasure destroys a payload stands inside its wrapped key, where no index reaches it. */
const PAYLOAD_SUBJECTS = [
  `create table ledger_payload_subject (
    tenant uuid not null,
    subject uuid not null,
    entry uuid not null,
    part text not null,
    primary key (tenant, subject, entry, part)
  )`,
  `alter table ledger_payload no force row level security`,
  `insert into ledger_payload_subject (tenant, subject, entry, part)
   select p.tenant, s.subject::uuid, p.entry, p.part
     from ledger_payload p, jsonb_array_elements_text(convert_from(p.wrapped_key, 'UTF8')::jsonb -> 'subjects') as s (subject)`,
  `alter table ledger_payload force row level security`,
  `select protect_tenant_table('ledger_payload_subject', 'select, insert, delete')`,
  `create policy sequencer_all on ledger_payload_subject to imprimatur_sequencer using (true) with check (true)`,
  `grant insert on ledger_payload_subject to imprimatur_sequencer`,
];

/** Marks that erasure leaves. */
const MARKS = [
  `alter table blob add column erased_at timestamptz`,
  `alter table asset add column erased_at timestamptz`,
  `grant update (erased_at) on blob, asset to imprimatur_app`,
];

/** Columns that erasure empties. */
const GRANTS = [
  `grant update (name, facts, licence, c2pa) on asset to imprimatur_app`,
  `grant update (operations, operations_key) on version to imprimatur_app`,
  `grant delete on consent_binding to imprimatur_app`,
  `grant update (name) on session to imprimatur_app`,
  `grant update (shape) on mask to imprimatur_app`,
  `grant update (prompt, data_key) on turn to imprimatur_app`,
  `grant update (question) on clarification to imprimatur_app`,
];

/**
 * Rows that never change, but for columns that erasure empties: those named in the trigger, and only to nothing. Everything else about the
 * row stays what it was.
 */
const BUT_FOR_ERASURE = `create function refuse_change_but_for_erasure() returns trigger language plpgsql as $$
declare
  was jsonb := to_jsonb(old);
  becomes jsonb;
  name text;
begin
  if tg_op = 'UPDATE' then
    becomes := to_jsonb(new);
    foreach name in array tg_argv loop
      if becomes -> name is distinct from was -> name and becomes -> name not in ('null'::jsonb, '""', '{}', '[]') then
        raise exception '%: % is only ever emptied', tg_table_name, name using errcode = 'insufficient_privilege';
      end if;
      was := was - name;
      becomes := becomes - name;
    end loop;
    if was = becomes then
      return new;
    end if;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$`;

const butForErasure = (table: string, column: string): readonly string[] => [
  `drop trigger append_only_rows on ${table}`,
  `create trigger append_only_but_for_erasure before update or delete on ${table}
     for each row execute function refuse_change_but_for_erasure('${column}')`,
  `alter table ${table} enable always trigger append_only_but_for_erasure`,
  `grant update (${column}) on ${table} to imprimatur_app`,
];

/**
 * The digest of what a reviewer saw goes with the picture. A decision keeps a commitment to it, which nobody can open once the task's salt
 * is destroyed.
 */
const REVIEW = [
  `alter table review_task add column content_salt bytea check (octet_length(content_salt) = 32)`,
  `alter table review_task alter column content_digest drop not null`,
  `alter table review_task disable trigger review_task_kept`,
  `alter table review_task no force row level security`,
  `alter table review_decision no force row level security`,
  `alter table review_decision disable trigger append_only_rows`,
  `update review_task set content_salt = decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')`,
  `update review_decision d set content_digest = sha256(t.content_salt || d.content_digest)
     from review_task t where t.tenant = d.tenant and t.id = d.task`,
  `alter table review_decision enable always trigger append_only_rows`,
  `alter table review_decision force row level security`,
  `alter table review_task force row level security`,
  `alter table review_task enable always trigger review_task_kept`,
  `alter table review_task alter column content_salt
     set default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')`,
  `alter table review_task add constraint review_task_erased check ((content_digest is null) = (content_salt is null))`,
  `create or replace function guard_review_task() returns trigger language plpgsql as $$
  begin
    if tg_op <> 'UPDATE' then
      raise exception 'review_task: % refused', tg_op using errcode = 'insufficient_privilege';
    end if;
    if (new.tenant, new.id, new.asset, new.turn, new.item, new.version, new.findings, new.bundle_hash,
        new.requester, new.last_editor, new.depicted, new.opened_at)
       is distinct from (old.tenant, old.id, old.asset, old.turn, old.item, old.version, old.findings, old.bundle_hash,
        old.requester, old.last_editor, old.depicted, old.opened_at)
       or (new.content_digest is not null and (new.content_digest, new.content_salt) is distinct from (old.content_digest, old.content_salt)) then
      raise exception 'review_task: what a task is about does not change' using errcode = 'insufficient_privilege';
    end if;
    -- erased: the digest goes, and nothing else happens
    if new.content_digest is null and old.content_digest is not null
       and to_jsonb(new) - '{content_digest,content_salt}'::text[] = to_jsonb(old) - '{content_digest,content_salt}'::text[] then
      return new;
    end if;
    if old.ended_at is not null then
      raise exception 'review_task: a task that ended stays ended' using errcode = 'insufficient_privilege';
    end if;
    if new.state = 'decided' and not exists (select 1 from review_decision d where d.tenant = new.tenant and d.task = new.id) then
      raise exception 'review_task: decided without a decision' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end $$`,
  `create or replace function guard_review_decision() returns trigger language plpgsql as $$
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
    if t.content_digest is distinct from new.content_digest then
      raise exception 'review_decision: decided on other content' using errcode = 'IM412';
    end if;
    new.content_digest := sha256(t.content_salt || new.content_digest);
    return new;
  end $$`,
];

/** What was sent to a provider and came back is known by digests of the whole; both go, and what the provider said in words. */
const ATTEMPT = `create or replace function keep_attempt_ending() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null
     and not (new.request_sha256 = decode(repeat('00', 32), 'hex') and new.response_sha256 is null and new.finish_message is null
              and to_jsonb(new) - '{request_sha256,response_sha256,finish_message}'::text[]
                = to_jsonb(old) - '{request_sha256,response_sha256,finish_message}'::text[]) then
    raise exception 'attempt % has ended', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$`;

/** Legal holds, erasures and what they work through, retention rules; and the few columns elsewhere that erasure may empty. */
export class CreateRetention20261124082000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      ...TABLES,
      ...PAYLOAD_SUBJECTS,
      ...MARKS,
      ...GRANTS,
      BUT_FOR_ERASURE,
      ...butForErasure('verdict', 'evidence'),
      ...butForErasure('consent_record', 'notice_text'),
      ...REVIEW,
      ATTEMPT,
    ];
    for (const statement of statements) await runner.query(statement);
  }

  /** Emptied digests stay empty: what was erased does not come back, and a decision goes on holding its commitment. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`create or replace function keep_attempt_ending() returns trigger language plpgsql as $$
      begin
        if old.ended_at is not null then
          raise exception 'attempt % has ended', old.id using errcode = 'insufficient_privilege';
        end if;
        return new;
      end $$`);
    for (const [table, column] of [
      ['verdict', 'evidence'],
      ['consent_record', 'notice_text'],
    ]) {
      await runner.query(`revoke update (${column}) on ${table} from imprimatur_app`);
      await runner.query(`drop trigger append_only_but_for_erasure on ${table}`);
      await runner.query(
        `create trigger append_only_rows before update or delete on ${table} for each row execute function refuse_change()`,
      );
      await runner.query(`alter table ${table} enable always trigger append_only_rows`);
    }
    await runner.query(`drop function refuse_change_but_for_erasure()`);
    await runner.query(`alter table review_task drop constraint review_task_erased, drop column content_salt`);
    for (const grant of GRANTS) await runner.query(grant.replace(/^grant/, 'revoke').replace(/to imprimatur_app$/, 'from imprimatur_app'));
    await runner.query(`alter table asset drop column erased_at`);
    await runner.query(`alter table blob drop column erased_at`);
    for (const table of ['ledger_payload_subject', 'retention_rule', 'erasure_copy', 'erasure', 'legal_hold'])
      await runner.query(`drop table ${table}`);
  }
}
