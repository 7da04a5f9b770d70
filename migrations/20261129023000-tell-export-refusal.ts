import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why the policy keeps an export, what is to be done about it, and from when on it may be asked for again. */
export class TellExportRefusal20261129023000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table export
        add column failure_reason text,
        add column failure_remedy text,
        add column retry_at timestamptz,
        add constraint export_refusal_is_failure
          check (num_nulls(failure_reason, failure_remedy) in (0, 2) and (failure is not null or num_nonnulls(failure_reason, retry_at) = 0))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table export
        drop constraint export_refusal_is_failure,
        drop column failure_reason,
        drop column failure_remedy,
        drop column retry_at`);
  }
}
