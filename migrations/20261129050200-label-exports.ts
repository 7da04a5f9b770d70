import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an export may be labelled, and the text that was drawn into it. */
export class LabelExports20261129050200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table export add column labels text not null default 'auto' check (labels in ('auto', 'none')), add column label jsonb`,
    );
    await runner.query(`grant update (label) on export to imprimatur_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table export drop column labels, drop column label`);
  }
}
