import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateExport20261123099500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table export (
        tenant uuid not null references tenant (id),
        id uuid not null,
        version uuid not null,
        asset uuid not null,
        state text not null check (state in ('requested', 'rendered', 'done', 'failed')),
        format text not null check (format in ('jpeg', 'png', 'webp', 'avif', 'tiff')),
        max_side integer,
        requested_by uuid,
        created_at timestamptz not null,
        unsigned_blob uuid,
        rendered_entry uuid,
        signed_blob uuid,
        manifest_urn text,
        release_index bigint,
        failure text,
        ended_at timestamptz,
        primary key (tenant, id),
        check (state <> 'rendered' or rendered_entry is not null),
        check (state <> 'done' or (signed_blob is not null and manifest_urn is not null and release_index is not null)),
        check ((state = 'failed') = (failure is not null))
      )`);
    await runner.query(`create index export_version on export (tenant, version, id)`);
    await runner.query(`select protect_tenant_table('export', 'select, insert, update')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table export`);
  }
}
