import type { MigrationInterface, QueryRunner } from 'typeorm';

const SEQUENCED = ['ledger_entry', 'ledger_pending', 'ledger_log', 'ledger_leaf', 'ledger_node', 'ledger_checkpoint'];

/** One log per tenant. The app inserts entries; only the sequencer gives them their place in the tree. */
export class CreateLedger20261123091000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table installation (
        only_one boolean primary key default true check (only_one),
        id uuid not null default gen_random_uuid(),
        created_at timestamptz not null default now()
      )`);
    await runner.query(`insert into installation default values`);
    await runner.query(`grant select on installation to imprimatur_app, imprimatur_sequencer, imprimatur_auditor`);
    await runner.query(`
      create table ledger_entry (
        tenant uuid not null,
        id uuid not null,
        position bigint generated always as identity,
        type text not null,
        at timestamptz not null,
        actor text not null,
        bytes bytea not null check (octet_length(bytes) <= 65535),
        leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
        primary key (tenant, id)
      )`);
    await runner.query(`create unique index ledger_entry_position on ledger_entry (tenant, position)`);
    await runner.query(`
      create table ledger_about (
        tenant uuid not null,
        kind text not null,
        about uuid not null,
        position bigint not null,
        entry uuid not null,
        seq bigint,
        primary key (tenant, kind, about, position),
        foreign key (tenant, entry) references ledger_entry (tenant, id),
        check ((kind = 'asset') = (seq is not null))
      )`);
    await runner.query(`create unique index ledger_about_seq on ledger_about (tenant, about, seq) where seq is not null`);
    await runner.query(`create index ledger_about_entry on ledger_about (tenant, entry)`);
    await runner.query(`
      create table ledger_asset_head (
        tenant uuid not null,
        asset uuid not null,
        seq bigint not null,
        leaf_hash bytea,
        primary key (tenant, asset)
      )`);
    await runner.query(`
      create table ledger_payload (
        tenant uuid not null,
        entry uuid not null,
        part text not null,
        version smallint not null check (version = 1),
        wrapped_key bytea not null,
        sealed bytea not null,
        primary key (tenant, entry, part),
        foreign key (tenant, entry) references ledger_entry (tenant, id)
      )`);
    await runner.query(`
      create table subject_key (
        tenant uuid not null,
        subject uuid not null,
        key_id text not null,
        wrapped bytea,
        created_at timestamptz not null default now(),
        destroyed_at timestamptz,
        primary key (tenant, subject),
        check ((wrapped is null) = (destroyed_at is not null))
      )`);
    await runner.query(`
      create table ledger_pending (
        tenant uuid not null,
        position bigint not null,
        entry uuid not null,
        primary key (tenant, position)
      ) with (autovacuum_vacuum_scale_factor = 0.05)`);
    await runner.query(`create index ledger_pending_position on ledger_pending (position)`);
    await runner.query(`
      create table ledger_log (
        tenant uuid not null,
        origin text not null,
        vkey text not null,
        size bigint not null,
        root bytea not null,
        primary key (tenant)
      ) with (fillfactor = 50)`);
    await runner.query(`
      create table ledger_leaf (
        tenant uuid not null,
        index bigint not null,
        entry uuid not null,
        leaf_hash bytea not null,
        primary key (tenant, index),
        foreign key (tenant, entry) references ledger_entry (tenant, id)
      )`);
    await runner.query(`create unique index ledger_leaf_entry on ledger_leaf (tenant, entry)`);
    await runner.query(`
      create table ledger_node (
        tenant uuid not null,
        level smallint not null check (level > 0),
        index bigint not null,
        hash bytea not null,
        primary key (tenant, level, index)
      )`);
    await runner.query(`
      create table ledger_checkpoint (
        tenant uuid not null,
        size bigint not null,
        root bytea not null,
        note text not null,
        at timestamptz not null default now(),
        primary key (tenant, size)
      )`);
    await this.protect(runner);
  }

  private async protect(runner: QueryRunner): Promise<void> {
    const privileges: Record<string, string> = {
      ledger_entry: 'select, insert',
      ledger_about: 'select, insert',
      ledger_asset_head: 'select, insert, update',
      ledger_payload: 'select, insert, delete',
      subject_key: 'select, insert, update',
      ledger_pending: 'select, insert',
      ledger_log: 'select',
      ledger_leaf: 'select',
      ledger_node: 'select',
      ledger_checkpoint: 'select',
    };
    for (const [table, app] of Object.entries(privileges)) await runner.query(`select protect_tenant_table('${table}', '${app}')`);
    // the sequencer works for every tenant
    for (const table of SEQUENCED)
      await runner.query(`create policy sequencer_all on ${table} to imprimatur_sequencer using (true) with check (true)`);
    await runner.query(`grant select on ledger_entry to imprimatur_sequencer`);
    await runner.query(`grant select, delete on ledger_pending to imprimatur_sequencer`);
    await runner.query(`grant select, insert, update on ledger_log to imprimatur_sequencer`);
    await runner.query(`grant select, insert on ledger_leaf, ledger_node, ledger_checkpoint to imprimatur_sequencer`);
    for (const table of ['ledger_entry', 'ledger_about', 'ledger_leaf', 'ledger_node', 'ledger_checkpoint']) {
      await runner.query(`select make_append_only('${table}')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'ledger_checkpoint',
      'ledger_node',
      'ledger_leaf',
      'ledger_log',
      'ledger_pending',
      'subject_key',
      'ledger_payload',
      'ledger_asset_head',
      'ledger_about',
      'ledger_entry',
      'installation',
    ]) {
      await runner.query(`drop table ${table}`);
    }
  }
}
