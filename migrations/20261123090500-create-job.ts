import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Leased rows; decision 1 says why. No row-level security: a worker takes jobs of every tenant, and a row holds ids only. */
export class CreateJob20261123090500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table job (
        id bigint generated always as identity primary key,
        tenant uuid not null,
        kind text not null,
        key text not null,
        payload jsonb not null,
        state text not null default 'queued' check (state in ('queued', 'running', 'done', 'dead')),
        run_at timestamptz not null default now(),
        attempts integer not null default 0,
        lease_until timestamptz,
        lease_token uuid,
        last_error text,
        again boolean not null default false,
        created_at timestamptz not null default now(),
        ended_at timestamptz,
        check ((state = 'running') = (lease_token is not null))
      )`);
    await runner.query(`create unique index job_waiting_key on job (tenant, kind, key) where state in ('queued', 'running')`);
    await runner.query(`create index job_due on job (kind, run_at, id) where state = 'queued'`);
    await runner.query(`create index job_leased on job (lease_until) where state = 'running'`);
    await runner.query(`create index job_ended on job (state, ended_at) where state in ('done', 'dead')`);
    await runner.query(`grant select, insert, update on job to imprimatur_app`);
    // the app may not delete jobs, only have old ones swept
    await runner.query(`
      create function sweep_jobs() returns void language sql security definer set search_path = public, pg_temp as $$
        delete from job where id in (
          select id from job
           where (state = 'done' and ended_at < now() - interval '1 day') or (state = 'dead' and ended_at < now() - interval '90 days')
           limit 10000)
      $$`);
    await runner.query(`grant execute on function sweep_jobs() to imprimatur_app`);
    await runner.query(`grant select on job to imprimatur_auditor`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function sweep_jobs()`);
    await runner.query(`drop table job`);
  }
}
