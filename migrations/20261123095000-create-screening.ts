import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateScreening20261123095000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table screening (
        tenant uuid not null references tenant (id),
        version uuid not null,
        state text not null check (state in ('pending', 'done', 'failed')),
        result jsonb,
        pixel_sha256 bytea,
        failure text,
        created_at timestamptz not null,
        ended_at timestamptz,
        primary key (tenant, version),
        check ((state = 'done') = (result is not null)),
        check ((state = 'failed') = (failure is not null))
      )`);
    await runner.query(`select protect_tenant_table('screening', 'select, insert, update')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table screening`);
  }
}
