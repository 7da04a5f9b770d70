import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever has a finished file, and so its export's id, may ask whether it still stands, before any tenant is known. */
export class ShowExportStatus20261124111000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index export_status on export (id) where state = 'done'`);
    // a named exception to tenant isolation: one row, found only by somebody who names it
    await runner.query(
      `create policy export_status_lookup on export for select to imprimatur_app
        using (state = 'done' and id = nullif(current_setting('app.export_status', true), '')::uuid)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop policy export_status_lookup on export`);
    await runner.query(`drop index export_status`);
  }
}
