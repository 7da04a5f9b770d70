import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The shape is rate-limiter-flexible's. Keys are hashes of who asks; no tenant's data, so no row-level security. */
export class CreateRateLimit20261123092700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // unlogged: after a crash everybody starts with a full allowance, which is cheaper than a durable write per request
    await runner.query(`create unlogged table rate_limit (key varchar(255) primary key, points integer not null default 0, expire bigint)`);
    await runner.query(`revoke all on rate_limit from public`);
    await runner.query(`grant select, insert, update, delete on rate_limit to imprimatur_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table rate_limit`);
  }
}
