import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outer wrapping of a sealed part's key moves on with the tenant's wrapping key; what is sealed stays as it was written. */
export class RewrapDataKeys20261124087000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`grant update (wrapped_key) on ledger_payload to imprimatur_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`revoke update (wrapped_key) on ledger_payload from imprimatur_app`);
  }
}
