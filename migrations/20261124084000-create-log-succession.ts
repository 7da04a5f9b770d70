import type { MigrationInterface, QueryRunner } from 'typeorm';

const LOG_ZERO = '00000000-0000-7000-8000-000000000000';

/**
 * After an older backup was restored the logs go on under new origins, one generation later: what was signed under the old ones stays, beside
 * what is signed under the new. Rows of before are of generation 0.
 */
export class CreateLogSuccession20261124084000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['installation', 'ledger_log', 'ledger_checkpoint', 'ledger_anchor'])
      await runner.query(`alter table ${table} add column generation integer not null default 0`);
    // the new origin signs a tree of a size that the old one may have signed, too
    await runner.query(`alter table ledger_checkpoint drop constraint ledger_checkpoint_pkey, add primary key (tenant, generation, size)`);
    await runner.query(`drop index ledger_anchor_once`);
    await runner.query(`create unique index ledger_anchor_once on ledger_anchor (tenant, kind, size, name, generation)`);
    // how each log's generation ended; last_origin is another one where the backup was older than an earlier succession
    await runner.query(`
      create table ledger_succession (
        tenant uuid not null,
        generation integer not null,
        origin text not null,
        vkey text not null,
        last_origin text not null,
        successor text not null,
        signed_size bigint not null,
        signed_root bytea not null check (octet_length(signed_root) = 32),
        restored_size bigint not null,
        restored_root bytea not null check (octet_length(restored_root) = 32),
        kept_size bigint not null check (kept_size <= restored_size),
        at timestamptz not null,
        primary key (tenant, generation)
      )`);
    await runner.query(`select protect_tenant_table('ledger_succession', 'select')`);
    await runner.query(`select make_append_only('ledger_succession')`);
    await runner.query(`create policy sequencer_all on ledger_succession to imprimatur_sequencer using (true) with check (true)`);
    await runner.query(
      `create policy log_zero_is_public on ledger_succession for select to imprimatur_app, imprimatur_auditor using (tenant = '${LOG_ZERO}')`,
    );
    await runner.query(`grant select, insert on ledger_succession to imprimatur_sequencer`);
    await runner.query(`grant update (id, generation) on installation to imprimatur_sequencer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`revoke update (id, generation) on installation from imprimatur_sequencer`);
    await runner.query(`drop table ledger_succession`);
    await runner.query(`drop index ledger_anchor_once`);
    await runner.query(`create unique index ledger_anchor_once on ledger_anchor (tenant, kind, size, name)`);
    // fails, and nothing is taken back, once two generations signed one size
    await runner.query(`alter table ledger_checkpoint drop constraint ledger_checkpoint_pkey, add primary key (tenant, size)`);
    for (const table of ['ledger_anchor', 'ledger_checkpoint', 'ledger_log', 'installation'])
      await runner.query(`alter table ${table} drop column generation`);
  }
}
