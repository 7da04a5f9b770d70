import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What has become of an export that was done: consent to it may have ended since. */
export class FlagExport20261124090100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table export
        add column standing text not null default 'valid' check (standing in ('valid', 'flagged', 'withdrawn')),
        add column standing_since timestamptz,
        add column standing_entry uuid,
        add foreign key (tenant, standing_entry) references ledger_entry (tenant, id),
        add check ((standing = 'valid') = (standing_since is null)),
        add check ((standing = 'valid') = (standing_entry is null))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table export drop column standing_entry, drop column standing_since, drop column standing`);
  }
}
