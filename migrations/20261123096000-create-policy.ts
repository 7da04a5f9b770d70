import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = `create table policy_bundle (
  tenant uuid not null references tenant (id),
  id uuid not null,
  name text not null,
  version text not null,
  hash bytea not null check (octet_length(hash) = 32),
  files jsonb not null check (jsonb_typeof(files) = 'object'),
  state text not null check (state in ('draft', 'active', 'retired')),
  drafted_by uuid,
  drafted_at timestamptz not null,
  activated_by uuid,
  activated_at timestamptz,
  retired_at timestamptz,
  primary key (tenant, id),
  unique (tenant, name, version),
  check ((state = 'draft') = (activated_at is null)),
  check ((state = 'retired') = (retired_at is not null)),
  constraint policy_bundle_two_people check (activated_by is null or activated_by is distinct from drafted_by)
)`;

/** The content of a bundle is what its hash names: only its place in life moves, and only forward. */
const GUARD = `create function guard_policy_bundle() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'policy_bundle: % refused, bundles are retired and kept', tg_op using errcode = 'insufficient_privilege';
  end if;
  if (new.tenant, new.id, new.name, new.version, new.hash, new.files, new.drafted_by, new.drafted_at)
     is distinct from (old.tenant, old.id, old.name, old.version, old.hash, old.files, old.drafted_by, old.drafted_at) then
    raise exception 'policy_bundle: the content of a bundle does not change' using errcode = 'insufficient_privilege';
  end if;
  if (old.state, new.state) not in (('draft', 'active'), ('active', 'retired')) then
    raise exception 'policy_bundle: % does not become %', old.state, new.state using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$`;

export class CreatePolicy20261123096000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query(`create unique index policy_bundle_active on policy_bundle (tenant) where state = 'active'`);
    await runner.query(GUARD);
    await runner.query(
      `create trigger policy_bundle_content before update or delete on policy_bundle for each row execute function guard_policy_bundle()`,
    );
    await runner.query(
      `create trigger policy_bundle_kept before truncate on policy_bundle for each statement execute function guard_policy_bundle()`,
    );
    await runner.query(`alter table policy_bundle enable always trigger policy_bundle_content`);
    await runner.query(`alter table policy_bundle enable always trigger policy_bundle_kept`);
    await runner.query(`select protect_tenant_table('policy_bundle', 'select, insert, update')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table policy_bundle`);
    await runner.query(`drop function guard_policy_bundle()`);
  }
}
