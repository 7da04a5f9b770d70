import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people hold who agreed to be shown. What it says lies sealed beside the ledger; here is the hash of what opens it. */
export class CreateConsentReceipt20261124130000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table consent_receipt (
        tenant uuid not null references tenant (id),
        id uuid not null,
        consent uuid not null,
        consent_version integer not null,
        subject uuid not null,
        capability_sha256 bytea not null check (octet_length(capability_sha256) = 32),
        entry uuid not null,
        issued_by uuid,
        issued_at timestamptz not null,
        ended_at timestamptz,
        primary key (tenant, id),
        unique (tenant, capability_sha256),
        foreign key (tenant, consent, consent_version) references consent_record (tenant, id, version),
        foreign key (tenant, subject) references subject (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id)
      )`);
    await runner.query(`create index consent_receipt_consent on consent_receipt (tenant, consent, id)`);
    // the look-up that comes before the tenant is known starts from this
    await runner.query(`create index consent_receipt_capability on consent_receipt (capability_sha256)`);
    await runner.query(`select protect_tenant_table('consent_receipt', 'select, insert, update (ended_at)')`);
    // a named exception to tenant isolation: one row, found only by somebody who holds its capability already
    await runner.query(
      `create policy consent_receipt_lookup on consent_receipt for select to imprimatur_app
        using (capability_sha256 = decode(nullif(current_setting('app.receipt_capability', true), ''), 'hex'))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table consent_receipt`);
  }
}
