import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a provider itself rated its answer as, so that the gates after rendering may count it. Null: not reported, which is not the same as safe. */
export class KeepProviderRatings20261124120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table provider_attempt add column safety jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table provider_attempt drop column safety`);
  }
}
