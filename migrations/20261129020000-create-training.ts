import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who began which training module, and how it was graded: both are only ever added to. */
export class CreateTraining20261129020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table training_attempt (
        tenant uuid not null references tenant (id),
        id uuid not null,
        subject uuid not null,
        module text not null check (length(module) between 1 and 200),
        digest text not null check (digest ~ '^[0-9a-f]{64}$'),
        started_at timestamptz not null,
        primary key (tenant, id),
        unique (tenant, id, subject, module, digest),
        foreign key (tenant, subject) references subject (tenant, id)
      )`);
    await runner.query(`create index training_attempt_subject on training_attempt (tenant, subject, module, digest, id)`);
    // its key is the attempt's: what was graded is not graded again; and it is of the person and the content of the attempt
    await runner.query(`
      create table training_result (
        tenant uuid not null references tenant (id),
        attempt uuid not null,
        subject uuid not null,
        module text not null,
        digest text not null,
        correct integer not null check (correct >= 0),
        asked integer not null check (asked >= 1),
        passed boolean not null,
        graded_at timestamptz not null,
        until timestamptz,
        entry uuid,
        primary key (tenant, attempt),
        foreign key (tenant, attempt, subject, module, digest) references training_attempt (tenant, id, subject, module, digest),
        foreign key (tenant, entry) references ledger_entry (tenant, id),
        check (correct <= asked),
        constraint training_result_pass_is_told check (passed = (until is not null) and passed = (entry is not null))
      )`);
    await runner.query(`create index training_result_graded on training_result (tenant, subject, module, graded_at)`);
    await runner.query(`create index training_result_passed on training_result (tenant, subject, module, digest, until desc) where passed`);
    for (const table of ['training_attempt', 'training_result']) {
      await runner.query(`select protect_tenant_table('${table}', 'select, insert')`);
      await runner.query(`select make_append_only('${table}')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table training_result`);
    await runner.query(`drop table training_attempt`);
  }
}
