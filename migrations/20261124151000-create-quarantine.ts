import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pictures that are kept from everybody, and the cases for which they are. */
export class CreateQuarantine20261124151000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table quarantine_case (
        tenant uuid not null references tenant (id),
        id uuid not null,
        ground text not null check (ground in ('child-safety', 'intimate-image', 'privacy', 'intellectual-property', 'other')),
        asset uuid not null,
        export uuid,
        entry uuid not null,
        opened_by uuid,
        opened_at timestamptz not null,
        due_at timestamptz not null,
        handlers uuid[] not null default '{}' check (cardinality(handlers) in (0, 2) and (handlers = '{}' or handlers[1] <> handlers[2])),
        quarantined_at timestamptz,
        preserved_until timestamptz,
        proposed text check (proposed in ('restore', 'destroy')),
        proposed_by uuid,
        proposed_at timestamptz,
        proposal_entry uuid,
        outcome text check (outcome in ('restore', 'destroy')),
        ended_by uuid,
        ended_at timestamptz,
        primary key (tenant, id),
        foreign key (tenant, asset) references asset (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id),
        check (num_nulls(proposed, proposed_by, proposed_at, proposal_entry) in (0, 4)),
        check (num_nulls(outcome, ended_by, ended_at) in (0, 3)),
        constraint quarantine_case_two_people check (ended_by is null or (proposed_by is distinct from ended_by and ended_by = any (handlers) and proposed_by = any (handlers))),
        constraint quarantine_case_preserved check (outcome is distinct from 'destroy' or (quarantined_at is not null and (preserved_until is null or ended_at >= preserved_until)))
      )`);
    // one case about a picture at a time
    await runner.query(`create unique index quarantine_case_standing on quarantine_case (tenant, asset) where ended_at is null`);
    await runner.query(
      `select protect_tenant_table('quarantine_case', 'select, insert, update (ground, due_at, handlers, quarantined_at, preserved_until, proposed,
         proposed_by, proposed_at, proposal_entry, outcome, ended_by, ended_at)')`,
    );
    await runner.query(`alter table version add column quarantine uuid, add column quarantine_blocked boolean not null default false`);
    await runner.query(`create index version_quarantine on version (tenant, quarantine) where quarantine is not null`);
    await runner.query(`grant update (quarantine, quarantine_blocked) on version to imprimatur_app`);
    await runner.query(`alter table export add column standing_code text check ((standing_code is null) or (standing <> 'valid'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table export drop column standing_code`);
    await runner.query(`alter table version drop column quarantine_blocked, drop column quarantine`);
    await runner.query(`drop table quarantine_case`);
  }
}
