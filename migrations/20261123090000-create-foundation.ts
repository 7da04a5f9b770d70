import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What every tenant table is protected with. Called by migrations only: nobody else may execute it. */
export class CreateFoundation20261123090000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter default privileges revoke execute on functions from public`);
    await runner.query(`
      create function current_tenant() returns uuid language sql stable parallel safe
      as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$`);
    await runner.query(`grant execute on function current_tenant() to imprimatur_app, imprimatur_sequencer, imprimatur_auditor`);
    await runner.query(`
      create function protect_tenant_table(name text, app_privileges text) returns void language plpgsql as $$
      begin
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant_isolation on %I using (tenant = current_tenant()) with check (tenant = current_tenant())', name);
        execute format('revoke all on %I from public', name);
        execute format('grant %s on %I to imprimatur_app', app_privileges, name);
        execute format('grant select on %I to imprimatur_auditor', name);
      end $$`);
    await runner.query(`
      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
      end $$`);
    await runner.query(`
      create function make_append_only(name text) returns void language plpgsql as $$
      begin
        execute format('create trigger append_only_rows before update or delete on %I for each row execute function refuse_change()', name);
        execute format('create trigger append_only_table before truncate on %I for each statement execute function refuse_change()', name);
        -- session_replication_role = replica would skip an ordinary trigger
        execute format('alter table %I enable always trigger append_only_rows', name);
        execute format('alter table %I enable always trigger append_only_table', name);
      end $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function make_append_only(text)`);
    await runner.query(`drop function refuse_change()`);
    await runner.query(`drop function protect_tenant_table(text, text)`);
    await runner.query(`drop function current_tenant()`);
    await runner.query(`alter default privileges grant execute on functions to public`);
  }
}
