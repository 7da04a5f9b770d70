import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Consents that were registered before get the job that new ones get: it ends what rests on them when their time is over. */
export class ExpireConsents20261124112000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table consent_record no force row level security`);
    await runner.query(`
      insert into job (tenant, kind, key, payload, run_at)
        select tenant, 'consent-expiry', id::text, jsonb_build_object('consent', id), valid_until
          from (select distinct on (tenant, id) tenant, id, state, valid_until from consent_record order by tenant, id, version desc) newest
          where state = 'given' and valid_until is not null`);
    await runner.query(`alter table consent_record force row level security`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from job where kind = 'consent-expiry' and state = 'queued'`);
  }
}
