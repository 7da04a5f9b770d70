import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was edited and exported is counted for every turn and export: by tenant, by picture and by person, in a time. */
export class CountEditsAndExports20261129022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index turn_of_time on turn (tenant, submitted_at, id)`);
    await runner.query(`create index turn_item_of_asset on turn_item (tenant, asset, created_at, turn)`);
    // the new one begins with the same columns
    await runner.query(`drop index turn_item_asset`);
    await runner.query(`create index export_of_requester on export (tenant, requested_by, created_at) where state <> 'failed'`);
    await runner.query(`create index export_of_asset on export (tenant, asset, created_at) where state <> 'failed'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`create index turn_item_asset on turn_item (tenant, asset)`);
    for (const index of ['export_of_asset', 'export_of_requester', 'turn_item_of_asset', 'turn_of_time'])
      await runner.query(`drop index ${index}`);
  }
}
