import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose a source is, and what its licence leaves free: the newest row counts. Words about people go when the picture does. */
export class CreateSourceRights20261129050100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table source_rights (
        tenant uuid not null references tenant (id),
        asset uuid not null,
        number integer not null check (number >= 1),
        declared text not null check (declared in ('owned', 'licensed', 'unknown')),
        owner text,
        licence text,
        channels text[],
        territories text[],
        valid_until timestamptz,
        entry uuid not null,
        recorded_by uuid,
        recorded_at timestamptz not null,
        primary key (tenant, asset, number),
        foreign key (tenant, asset) references asset (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id)
      )`);
    await runner.query(`select make_append_only('source_rights')`);
    await runner.query(`drop trigger append_only_rows on source_rights`);
    await runner.query(
      `create trigger append_only_but_for_erasure before update or delete on source_rights
         for each row execute function refuse_change_but_for_erasure('owner', 'licence')`,
    );
    await runner.query(`alter table source_rights enable always trigger append_only_but_for_erasure`);
    await runner.query(`select protect_tenant_table('source_rights', 'select, insert, update (owner, licence)')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table source_rights`);
  }
}
