import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `create table ledger_access (
    tenant uuid not null references tenant (id),
    id uuid not null,
    token_hash bytea not null check (octet_length(token_hash) = 32),
    note text,
    granted_by uuid,
    granted_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    used_at timestamptz,
    primary key (tenant, id),
    unique (tenant, token_hash),
    foreign key (tenant, granted_by) references subject (tenant, id),
    check (expires_at > granted_at)
  )`,
  // the look-up that comes before the tenant is known starts from this
  `create index ledger_access_token on ledger_access (token_hash)`,
  `select protect_tenant_table('ledger_access', 'select, insert, update (revoked_at, used_at)')`,
  // a named exception to tenant isolation: one row, found only by somebody who holds the token already
  `create policy ledger_access_lookup on ledger_access for select to imprimatur_app
    using (token_hash = decode(nullif(current_setting('app.log_token', true), ''), 'hex'))`,
];

/**
 * What the searches of the ledger start from: each ends with the position, which is the order of every listing. The hour is a column and no
 * expression, because under row-level security an index is only used for comparisons that are leakproof.
 */
const SEARCHES = [
  `alter table ledger_entry add column hour timestamp generated always as (date_trunc('hour', at at time zone 'UTC')) stored`,
  `create index ledger_entry_type on ledger_entry (tenant, type, position)`,
  `create index ledger_entry_actor on ledger_entry (tenant, actor, type, position)`,
  `create index ledger_entry_hour on ledger_entry (tenant, hour, position)`,
];

/** An upload of what was exported before is found by the file's bytes or by its manifest. */
const LINEAGE = [
  `create index export_signed_blob on export (tenant, signed_blob) where signed_blob is not null`,
  `create index export_manifest on export (tenant, manifest_urn) where manifest_urn is not null`,
];

/** Capabilities to read a tenant's log, and the indexes that its searches use. */
export class CreateLedgerAccess20261124081000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...SEARCHES, ...LINEAGE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['export_manifest', 'export_signed_blob', 'ledger_entry_hour', 'ledger_entry_actor', 'ledger_entry_type'])
      await runner.query(`drop index ${index}`);
    await runner.query(`alter table ledger_entry drop column hour`);
    await runner.query(`drop table ledger_access`);
  }
}
