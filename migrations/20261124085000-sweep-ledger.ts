import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds entries by position whatever their log, so that the sweep can look for those that lost their place in the queue. Positions follow the
 * order of insertion: a block range index is a few pages for millions of entries, and costs an insert next to nothing.
 */
export class SweepLedger20261124085000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create index ledger_entry_swept on ledger_entry using brin (position) with (pages_per_range = 16, autosummarize = on)`,
    );
    await runner.query(`grant select on sequence ledger_entry_position_seq to imprimatur_sequencer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`revoke select on sequence ledger_entry_position_seq from imprimatur_sequencer`);
    await runner.query(`drop index ledger_entry_swept`);
  }
}
