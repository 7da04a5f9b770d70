import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who acknowledged which text of the policy, once each. */
export class CreatePolicyAcknowledgement20261129021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table policy_acknowledgement (
        tenant uuid not null references tenant (id),
        subject uuid not null,
        digest text not null check (digest ~ '^[0-9a-f]{64}$'),
        version text not null,
        bundle uuid not null,
        entry uuid not null,
        acknowledged_at timestamptz not null,
        primary key (tenant, subject, digest),
        foreign key (tenant, subject) references subject (tenant, id),
        foreign key (tenant, bundle) references policy_bundle (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id)
      )`);
    await runner.query(`select protect_tenant_table('policy_acknowledgement', 'select, insert')`);
    await runner.query(`select make_append_only('policy_acknowledgement')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table policy_acknowledgement`);
  }
}
