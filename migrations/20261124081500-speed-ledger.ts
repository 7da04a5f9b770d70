import type { MigrationInterface, QueryRunner } from 'typeorm';

const STANDALONE = ['ledger_about', 'ledger_asset_head', 'ledger_payload'];
const OF_AN_ENTRY = ['ledger_about', 'ledger_payload', 'ledger_leaf'];

/**
 * (1) Lets the sequencer write stand-alone entries whole: entry, index, payload, leaf and head in one statement.
 * (2) Takes away the foreign keys to entries. Each of these rows is written by the statement that writes the entry, or that reads it from the
 * queue, and nothing deletes an entry; the check locked every entry that it looked up, which wrote it a second time.
 * (3) One index instead of two for the queue, in the order in which it is drained.
 */
export class SpeedLedger20261124081500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of STANDALONE)
      await runner.query(`create policy sequencer_all on ${table} to imprimatur_sequencer using (true) with check (true)`);
    await runner.query(`grant insert on ledger_entry, ledger_about, ledger_payload to imprimatur_sequencer`);
    await runner.query(`grant select on ledger_about to imprimatur_sequencer`);
    await runner.query(`grant select, insert, update on ledger_asset_head to imprimatur_sequencer`);
    for (const table of OF_AN_ENTRY) await runner.query(`alter table ${table} drop constraint ${table}_tenant_entry_fkey`);
    await runner.query(`drop index ledger_pending_position`);
    await runner.query(`alter table ledger_pending drop constraint ledger_pending_pkey, add primary key (position, tenant)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ledger_pending drop constraint ledger_pending_pkey, add primary key (tenant, position)`);
    await runner.query(`create index ledger_pending_position on ledger_pending (position)`);
    for (const table of OF_AN_ENTRY)
      await runner.query(`alter table ${table} add foreign key (tenant, entry) references ledger_entry (tenant, id)`);
    // what the sequencer may do to ledger_entry is taken back by the migration that lets it write log 0
    await runner.query(`revoke all on ledger_about, ledger_asset_head, ledger_payload from imprimatur_sequencer`);
    for (const table of STANDALONE) await runner.query(`drop policy sequencer_all on ${table}`);
  }
}
