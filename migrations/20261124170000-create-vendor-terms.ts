import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was agreed with the vendors that pictures leave for, and under which of it each attempt was made, by which model. */
export class CreateVendorTerms20261124170000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table vendor_terms (
        tenant uuid not null references tenant (id),
        id uuid not null,
        provider text not null check (provider ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
        title text not null check (length(title) between 1 and 200),
        document_sha256 bytea not null check (length(document_sha256) = 32),
        document_url text check (length(document_url) <= 2000),
        tier text not null check (length(tier) between 1 and 100),
        models text[] not null check (cardinality(models) between 1 and 50),
        regions text[] not null check (cardinality(regions) between 1 and 100),
        retention_days integer not null check (retention_days >= 0),
        indemnifies boolean not null,
        may_train boolean not null,
        commercial_use boolean not null,
        model_training boolean not null,
        attribution text check (length(attribution) between 1 and 300),
        begins_at timestamptz not null,
        ends_at timestamptz not null,
        entry uuid not null,
        registered_by uuid,
        registered_at timestamptz not null,
        approved_by uuid,
        approved_at timestamptz,
        ended_by uuid,
        ended_at timestamptz,
        end_entry uuid,
        primary key (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id),
        check (ends_at > begins_at),
        check (num_nulls(ended_at, end_entry) in (0, 2)),
        constraint vendor_terms_two_people check (approved_by is null or approved_by is distinct from registered_by)
      )`);
    await runner.query(
      `create index vendor_terms_standing on vendor_terms (tenant, provider, approved_at desc) where approved_at is not null and ended_at is null`,
    );
    await runner.query(
      `select protect_tenant_table('vendor_terms', 'select, insert, update (approved_by, approved_at, ended_by, ended_at, end_entry)')`,
    );
    // null: nothing left the installation, or it was before there was a register
    await runner.query(`alter table provider_attempt add column terms uuid, add column model_version text`);
    await runner.query(`alter table provider_attempt add foreign key (tenant, terms) references vendor_terms (tenant, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table provider_attempt drop column terms, drop column model_version`);
    await runner.query(`drop table vendor_terms`);
  }
}
