import type { Client } from 'pg';
import { assert, type EntryId, type TenantId } from '@imprimatur/kernel';

export interface PendingEntry {
  readonly tenant: TenantId;
  readonly position: string;
  readonly entry: EntryId;
  readonly leafHash: Uint8Array;
}

export interface LogHead {
  readonly tenant: TenantId;
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export interface NewLeaf {
  readonly tenant: TenantId;
  readonly index: number;
  readonly entry: EntryId;
  readonly leafHash: Uint8Array;
  readonly position: string;
}

export interface NewNode {
  readonly tenant: TenantId;
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

export interface Growth {
  readonly tenant: TenantId;
  readonly oldSize: number;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Tells readers that a tenant's log has a new signed checkpoint. */
export const CHECKPOINT_CHANNEL = 'imprimatur_checkpoint';
const LOCK = 4_711_003;

/** Every statement of the sequencer, on a connection of its own as the sequencer role. */
export class SequencerRepository {
  constructor(private readonly client: Client) {}

  /** One sequencer at a time; the lock goes with the connection. */
  async tryLock(): Promise<boolean> {
    const { rows } = await this.client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [LOCK]);
    return rows[0]?.locked ?? false;
  }

  async installation(): Promise<string> {
    const { rows } = await this.client.query<{ id: string }>('select id from installation');
    assert(rows[0], 'a migrated database is an installation');
    return rows[0].id;
  }

  /** What has committed and has no place yet, oldest first. */
  async pending(limit: number): Promise<readonly PendingEntry[]> {
    const { rows } = await this.client.query<{ tenant: TenantId; position: string; entry: EntryId; leaf_hash: Uint8Array }>({
      name: 'ledger-pending',
      text: `select p.tenant, p.position, p.entry, e.leaf_hash
               from (select * from ledger_pending order by position limit $1) p
               join ledger_entry e on e.tenant = p.tenant and e.id = p.entry order by p.position`,
      values: [limit],
    });
    return rows.map(({ leaf_hash, ...row }) => ({ ...row, leafHash: leaf_hash }));
  }

  async heads(tenants: readonly TenantId[]): Promise<readonly LogHead[]> {
    const { rows } = await this.client.query<{ tenant: TenantId; origin: string; size: string; root: Uint8Array }>(
      'select tenant, origin, size, root from ledger_log where tenant = any($1)',
      [tenants],
    );
    return rows.map(({ size, ...row }) => ({ ...row, size: Number(size) }));
  }

  async insertLog(head: LogHead, vkey: string): Promise<void> {
    await this.client.query(
      'insert into ledger_log (tenant, origin, vkey, size, root) values ($1, $2, $3, $4, $5) on conflict do nothing',
      [head.tenant, head.origin, vkey, head.size, head.root],
    );
  }

  /**
   * Leaves, nodes, heads and the emptied queue in one statement. False, and nothing changed, when a head is not of the size that this
   * sequencer built upon: another one is at work.
   */
  async integrate(leaves: readonly NewLeaf[], nodes: readonly NewNode[], growths: readonly Growth[]): Promise<boolean> {
    await this.client.query('begin');
    try {
      const { rowCount } = await this.client.query({
        name: 'ledger-integrate',
        text: `with leaf as (
                 insert into ledger_leaf (tenant, index, entry, leaf_hash) select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[])
               ), node as (
                 insert into ledger_node (tenant, level, index, hash) select * from unnest($5::uuid[], $6::smallint[], $7::bigint[], $8::bytea[])
               ), gone as (
                 delete from ledger_pending p using unnest($1::uuid[], $9::bigint[]) as d (tenant, position)
                  where p.tenant = d.tenant and p.position = d.position
               )
               update ledger_log l set size = g.size, root = g.root
                 from unnest($10::uuid[], $11::bigint[], $12::bigint[], $13::bytea[]) as g (tenant, old_size, size, root)
                where l.tenant = g.tenant and l.size = g.old_size`,
        values: [
          leaves.map(({ tenant }) => tenant),
          leaves.map(({ index }) => index),
          leaves.map(({ entry }) => entry),
          leaves.map(({ leafHash }) => leafHash),
          nodes.map(({ tenant }) => tenant),
          nodes.map(({ level }) => level),
          nodes.map(({ index }) => index),
          nodes.map(({ hash }) => hash),
          leaves.map(({ position }) => position),
          growths.map(({ tenant }) => tenant),
          growths.map(({ oldSize }) => oldSize),
          growths.map(({ size }) => size),
          growths.map(({ root }) => root),
        ],
      });
      const whole = rowCount === growths.length;
      await this.client.query(whole ? 'commit' : 'rollback');
      return whole;
    } catch (error) {
      await this.client.query('rollback').catch(() => undefined); // the connection may be what failed
      if ((error as { code?: string }).code === '23505') return false;
      throw error;
    }
  }

  /** Logs whose head no signed checkpoint covers: what a crash between integration and signature leaves. */
  async unsigned(): Promise<readonly LogHead[]> {
    const { rows } = await this.client.query<{ tenant: TenantId; origin: string; size: string; root: Uint8Array }>(
      `select l.tenant, l.origin, l.size, l.root from ledger_log l
        where l.size > 0 and not exists (select 1 from ledger_checkpoint c where c.tenant = l.tenant and c.size = l.size)`,
    );
    return rows.map(({ size, ...row }) => ({ ...row, size: Number(size) }));
  }

  async insertCheckpoint(head: LogHead, note: string): Promise<void> {
    await this.client.query(
      `with added as (
         insert into ledger_checkpoint (tenant, size, root, note) values ($1, $2, $3, $4) on conflict do nothing
       ) select pg_notify($5, $1::text)`,
      [head.tenant, head.size, head.root, note, CHECKPOINT_CHANNEL],
    );
  }

  async query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.client.query(sql, [...values])).rows as Row[];
  }
}
