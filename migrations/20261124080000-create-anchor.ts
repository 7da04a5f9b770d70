import type { MigrationInterface, QueryRunner } from 'typeorm';

const LOG_ZERO = '00000000-0000-7000-8000-000000000000';
const LOG_TABLES = ['ledger_entry', 'ledger_leaf', 'ledger_node', 'ledger_log', 'ledger_checkpoint', 'ledger_anchor'];

/**
 * Log 0 stands in the tables of the tenants' logs, under an id of the year 1970: its entries are their checkpoints, and it is public. What others put
 * behind a checkpoint (its place in log 0, cosignatures, stamps, renewals of stamps) is kept here.
 */
export class CreateAnchor20261124080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ledger_anchor (
        tenant uuid not null,
        id bigint generated always as identity,
        kind text not null check (kind in ('log-0', 'cosignature', 'timestamp', 'renewal')),
        size bigint not null,
        name text not null,
        entry uuid,
        value bytea,
        covers bigint[],
        at timestamptz not null,
        expires_at timestamptz,
        primary key (tenant, id),
        check ((kind = 'log-0') = (entry is not null)),
        check ((kind = 'log-0') = (value is null)),
        check ((kind = 'renewal') = (covers is not null)),
        check ((kind in ('timestamp', 'renewal')) = (expires_at is not null))
      )`);
    await runner.query(`create unique index ledger_anchor_once on ledger_anchor (tenant, kind, size, name)`);
    await runner.query(`create index ledger_anchor_latest on ledger_anchor (tenant, kind, id)`);
    await runner.query(`create index ledger_anchor_expiry on ledger_anchor (tenant, expires_at) where expires_at is not null`);
    await runner.query(`select protect_tenant_table('ledger_anchor', 'select')`);
    await runner.query(`select make_append_only('ledger_anchor')`);
    await runner.query(`create policy sequencer_all on ledger_anchor to imprimatur_sequencer using (true) with check (true)`);
    await runner.query(`grant select, insert on ledger_anchor to imprimatur_sequencer`);
    // the sequencer writes the entries of log 0
    await runner.query(`grant insert on ledger_entry, ledger_pending to imprimatur_sequencer`);
    for (const table of LOG_TABLES) {
      await runner.query(
        `create policy log_zero_is_public on ${table} for select to imprimatur_app, imprimatur_auditor using (tenant = '${LOG_ZERO}')`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of LOG_TABLES) await runner.query(`drop policy log_zero_is_public on ${table}`);
    await runner.query(`revoke insert on ledger_entry, ledger_pending from imprimatur_sequencer`);
    await runner.query(`drop table ledger_anchor`);
  }
}
