import type { MigrationInterface, QueryRunner } from 'typeorm';

const PRIVILEGED = `array['approver', 'legal', 'policy-admin', 'auditor', 'tenant-admin']`;

const TABLE = `
  create table role_grant (
    tenant uuid not null references tenant (id),
    id uuid not null,
    member uuid not null,
    role text not null
      check (role in ('creator', 'approver', 'legal', 'policy-admin', 'auditor', 'integrator', 'tenant-admin', 'operator')),
    proposed_by uuid,
    proposed_at timestamptz not null,
    confirmed_by uuid,
    confirmed_at timestamptz,
    alone boolean not null,
    usable_from timestamptz,
    entry uuid not null,
    ended_at timestamptz,
    primary key (tenant, id),
    foreign key (tenant, member) references subject (tenant, id),
    foreign key (tenant, entry) references ledger_entry (tenant, id),
    check ((confirmed_at is null) = (usable_from is null)),
    check (confirmed_by is null or confirmed_at is not null),
    constraint role_grant_two_people check (
      (confirmed_by is null or (confirmed_by is distinct from proposed_by and confirmed_by <> member))
      and (confirmed_at is null or alone = (confirmed_by is null))
    )
  )`;

/** Two people are needed as soon as there are two who can agree: one alone is the tenant's beginning, and nothing else. */
const ALONE = `
  create function refuse_grant_alone() returns trigger language plpgsql as $$
  begin
    if (select count(*) from member m where m.tenant = new.tenant and 'tenant-admin' = any (m.roles)) > 1 then
      raise exception 'a tenant with two administrators grants % by two people', new.role using errcode = 'check_violation';
    end if;
    return new;
  end $$`;

/** Both hands are people's: one administrator alone makes any number of services. No proposer at all is the service itself. */
const BY_PEOPLE = `
  create function refuse_grant_by_service() returns trigger language plpgsql as $$
  begin
    if exists (
      select 1 from subject s where s.tenant = new.tenant and s.id in (new.proposed_by, new.confirmed_by) and s.kind <> 'person'
    ) then
      raise exception 'the role % is given by people, and not by a service', new.role using errcode = 'check_violation';
    end if;
    return new;
  end $$`;

/** A privileged role stands on a grant, so that no way around the grants leads to one. */
const GRANTED = `
  create function refuse_role_without_grant() returns trigger language plpgsql as $$
  declare missing text;
  begin
    select wanted.name into missing from unnest(new.roles) wanted (name)
     where wanted.name = any (${PRIVILEGED}) and not exists (
       select 1 from role_grant g
        where g.tenant = new.tenant and g.member = new.id and g.role = wanted.name and g.confirmed_at is not null and g.ended_at is null)
     limit 1;
    if missing is not null then
      raise exception 'member % has no grant of the role %', new.id, missing using errcode = 'check_violation';
    end if;
    return new;
  end $$`;

/** Grants of roles with their two people, and one for each role that members have already. */
export class CreateRoleGrant20261129031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query(`create unique index role_grant_open on role_grant (tenant, member, role) where ended_at is null`);
    await this.takeOver(runner);
    await runner.query(
      `select protect_tenant_table('role_grant', 'select, insert, update (confirmed_by, confirmed_at, usable_from, entry, ended_at)')`,
    );
    await runner.query(ALONE);
    await runner.query(`
      create trigger role_grant_alone before insert on role_grant for each row
      when (new.alone and new.proposed_by is not null and new.role = any (${PRIVILEGED})) execute function refuse_grant_alone()`);
    await runner.query(BY_PEOPLE);
    await runner.query(`
      create trigger role_grant_by_people before insert or update of confirmed_by on role_grant for each row
      when (new.role = any (${PRIVILEGED})) execute function refuse_grant_by_service()`);
    await runner.query(GRANTED);
    // who may do more than the service's own role could drop the trigger as well
    await runner.query(`
      create trigger member_roles_granted before insert or update of roles on member for each row
      when (current_user = 'imprimatur_app') execute function refuse_role_without_grant()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger member_roles_granted on member`);
    await runner.query(`drop table role_grant`);
    await runner.query(`drop function refuse_role_without_grant()`);
    await runner.query(`drop function refuse_grant_by_service()`);
    await runner.query(`drop function refuse_grant_alone()`);
  }

  /** Nobody confirmed them, so each is on record as granted alone. Row-level security binds the owner, too. */
  private async takeOver(runner: QueryRunner): Promise<void> {
    const tables = ['member', 'ledger_about', 'ledger_entry'];
    for (const table of tables) await runner.query(`alter table ${table} no force row level security`);
    await runner.query(`
      insert into role_grant (tenant, id, member, role, proposed_at, confirmed_at, usable_from, alone, entry)
      select m.tenant, gen_random_uuid(), m.id, held.role, told.at, told.at, told.at, true, told.id
        from member m cross join lateral (select distinct role from unnest(m.roles) role) held
       cross join lateral (
         select e.id, e.at from ledger_about a join ledger_entry e on e.tenant = a.tenant and e.id = a.entry
          where a.tenant = m.tenant and a.kind = 'subject' and a.about = m.id and e.type = 'role.granted'
            and convert_from(e.bytes, 'UTF8')::jsonb #>> '{facts,role}' = held.role
          order by a.position desc limit 1) told`);
    for (const table of tables) await runner.query(`alter table ${table} force row level security`);
  }
}
