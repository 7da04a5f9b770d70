import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The outbox: what people are to be told, written in the transaction of its cause. What a notice says never changes; that it was read is the only thing that
 * may be set. Consents that were registered before get the jobs that warn of their end, as new ones do.
 */
export class CreateNotice20261124131000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table notice (
        tenant uuid not null references tenant (id),
        id uuid not null,
        addressee uuid not null,
        kind text not null check (kind in ('consent-withdrawn', 'consent-expired', 'consent-expiring', 'attestation-ended')),
        about uuid not null,
        about_version integer not null,
        days_left smallint,
        until timestamptz,
        exports uuid[] not null,
        created_at timestamptz not null,
        read_at timestamptz,
        primary key (tenant, id),
        foreign key (tenant, addressee) references subject (tenant, id),
        check ((days_left is not null) = (kind = 'consent-expiring'))
      )`);
    // nobody is told the same twice, also where a job runs again
    await runner.query(
      `create unique index notice_once on notice (tenant, addressee, kind, about, about_version, (coalesce(days_left, 0::smallint)))`,
    );
    await runner.query(`create index notice_unread on notice (tenant, addressee, id) where read_at is null`);
    await runner.query(`create index notice_addressee on notice (tenant, addressee, id)`);
    await runner.query(`select protect_tenant_table('notice', 'select, insert, update (read_at)')`);
    await runner.query(`alter table consent_record no force row level security`);
    await runner.query(`
      insert into job (tenant, kind, key, payload, run_at)
        select tenant, 'consent-warning', id || '/' || days, jsonb_build_object('consent', id, 'version', version, 'days', days),
               valid_until - days * interval '24 hours'
          from (select distinct on (tenant, id) tenant, id, version, state, valid_until from consent_record order by tenant, id, version desc) newest
          cross join (values (30), (7), (1)) step (days)
          where state = 'given' and valid_until - days * interval '24 hours' > now()`);
    await runner.query(`alter table consent_record force row level security`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from job where kind = 'consent-warning' and state = 'queued'`);
    await runner.query(`drop table notice`);
  }
}
