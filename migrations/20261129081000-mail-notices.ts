import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Notices by mail, to those who want them. An address is sealed under its person's own key, as everything personal is. Which kinds of notice there are
 * the room says: the table only keeps their form, so that a new kind needs no migration.
 */
export class MailNotices20261129081000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table mail_address (
        tenant uuid not null,
        subject uuid not null,
        wrapped_key bytea not null,
        sealed bytea not null,
        set_at timestamptz not null,
        primary key (tenant, subject),
        foreign key (tenant, subject) references subject (tenant, id)
      )`);
    await runner.query(`select protect_tenant_table('mail_address', 'select, insert, delete, update (wrapped_key, sealed, set_at)')`);
    await runner.query(`
      create table notice_preference (
        tenant uuid not null,
        subject uuid not null,
        channel text not null check (channel in ('mail')),
        kinds text[] not null check (cardinality(kinds) <= 100),
        set_at timestamptz not null,
        primary key (tenant, subject, channel),
        foreign key (tenant, subject) references subject (tenant, id)
      )`);
    await runner.query(`select protect_tenant_table('notice_preference', 'select, insert, update (kinds, set_at)')`);
    await runner.query(`alter table notice add column mailed_at timestamptz`);
    await runner.query(`grant update (mailed_at) on notice to imprimatur_app`);
    await runner.query(`alter table notice drop constraint notice_kind_check`);
    await runner.query(`alter table notice add constraint notice_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table notice no force row level security`);
    await runner.query(`delete from notice where kind = 'webhook-disabled'`);
    await runner.query(`alter table notice force row level security`);
    await runner.query(`alter table notice drop constraint notice_kind_check`);
    await runner.query(
      `alter table notice add constraint notice_kind_check check (kind in ('consent-withdrawn', 'consent-expired', 'consent-expiring', 'attestation-ended', 'consent-narrowed'))`,
    );
    await runner.query(`alter table notice drop column mailed_at`);
    await runner.query(`drop table notice_preference`);
    await runner.query(`drop table mail_address`);
    await runner.query(`delete from job where kind = 'notice-mail' and state = 'queued'`);
  }
}
