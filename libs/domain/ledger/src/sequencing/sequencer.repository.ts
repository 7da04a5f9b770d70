import type { Client } from 'pg';

import { assert, type EntryId, type TenantId } from '@imprimatur/kernel';
import { statementName } from '@imprimatur/platform/database';
import { bigints, byteas, smallints, texts, uuids } from '../writing/binary.arrays.js';

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
}

export interface NewNode {
  readonly tenant: TenantId;
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

export interface Growth extends LogHead {
  readonly oldSize: number;
  /** Knows every node that a consistency proof from the old size to the new one reads. */
  readonly node: (level: number, index: number) => Uint8Array | undefined;
}

/** Tells readers that a tenant's log has a new signed checkpoint. */
export const CHECKPOINT_CHANNEL = 'imprimatur_checkpoint';
export const SEQUENCER_LOCK = 4_711_003;
const HEAD = 'l.tenant, l.origin, l.size, l.root from ledger_log l';

/** Every statement of the sequencer's, on its own connection as the sequencer role, but those of stand-alone entries. */
export class SequencerRepository {
  constructor(private readonly client: Client) {}

  /** One sequencer at a time; the lock goes with the connection. */
  async tryLock(): Promise<boolean> {
    const rows = await this.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [SEQUENCER_LOCK]);
    return rows[0]?.locked ?? false;
  }

  async installation(): Promise<string> {
    const rows = await this.query<{ id: string }>('select id from installation', []);
    assert(rows[0], 'a migrated database is an installation');
    return rows[0].id;
  }

  /**
   * What has committed and has no place yet, oldest first: of two entries about one asset, the one that committed first stands first. Each entry is looked up by its key: a join would be planned by
   * statistics of a queue that is empty most of the time.
   */
  async pending(limit: number): Promise<readonly PendingEntry[]> {
    const rows = await this.query<{ tenant: TenantId; position: string; entry: EntryId; leaf_hash: Uint8Array | null }>(
      `select p.tenant, p.position, p.entry, (select e.leaf_hash from ledger_entry e where e.tenant = p.tenant and e.id = p.entry) as leaf_hash
         from ledger_pending p order by p.position limit $1`,
      [limit],
    );
    // an entry that only a superuser can have taken away keeps nobody else waiting
    return rows.flatMap(({ leaf_hash, ...row }) => (leaf_hash ? [{ ...row, leafHash: leaf_hash }] : []));
  }

  /** Of all entries that committed; 0: there is none. */
  async newestPosition(): Promise<string> {
    const rows = await this.query<{ newest: string }>(`select last_value as newest from ledger_entry_position_seq`, []);
    return rows[0]?.newest ?? '0';
  }

  /** Entries of positions (after, to] that stand neither in the tree nor in the queue, oldest first. */
  async lost(after: bigint, to: bigint, limit: number): Promise<readonly PendingEntry[]> {
    const rows = await this.query<{ tenant: TenantId; position: string; entry: EntryId; leaf_hash: Uint8Array }>(
      `select e.tenant, e.position, e.id as entry, e.leaf_hash from ledger_entry e
        where e.position > $1 and e.position <= $2
          and not exists (select from ledger_leaf l where l.tenant = e.tenant and l.entry = e.id)
          and not exists (select from ledger_pending p where p.tenant = e.tenant and p.position = e.position)
        order by e.position limit $3`,
      [String(after), String(to), limit],
    );
    return rows.map(({ leaf_hash, ...row }) => ({ ...row, leafHash: leaf_hash }));
  }

  async heads(tenants: readonly TenantId[]): Promise<readonly LogHead[]> {
    return toHeads(await this.query<HeadRow>(`select ${HEAD} where l.tenant = any($1::uuid[])`, [uuids(tenants)]));
  }

  async insertLog(head: LogHead, vkey: string): Promise<void> {
    await this.query(
      `insert into ledger_log (tenant, origin, vkey, size, root, generation)
       select $1, $2, $3, $4, $5, generation from installation on conflict do nothing`,
      [head.tenant, head.origin, vkey, head.size, head.root],
    );
  }

  /**
   * Leaves, nodes, heads and the emptied queue in one statement, which is its own transaction. Throws, and nothing changed, when a head is
   * not of the size that this sequencer built upon: the size becomes null, which the column refuses (see `isFenced`).
   */
  async integrate(pending: readonly PendingEntry[], { leaves, nodes, growths }: NewRound): Promise<void> {
    const { rowCount } = await this.client.query({
      name: 'ledger-integrate',
      text: `with ${GROW}, gone as (
               delete from ledger_pending p using unnest($1::uuid[], $13::bigint[]) as d (tenant, position)
                where p.tenant = d.tenant and p.position = d.position
             ) ${MOVE_HEADS}`,
      values: [...roundArrays({ leaves, nodes, growths }), bigints(pending.map(({ position }) => Number(position)))],
    });
    assert(rowCount === growths.length, 'a log that is open has a head');
  }

  /** Logs whose head no signed checkpoint covers: what a crash between integration and signature leaves. One look-up per log. */
  async unsigned(): Promise<readonly LogHead[]> {
    return toHeads(
      await this.query<HeadRow>(
        `select ${HEAD} where l.size > coalesce(
           (select c.size from ledger_checkpoint c where c.tenant = l.tenant and c.generation = l.generation order by c.size desc limit 1), 0)`,
        [],
      ),
    );
  }

  /** Under the generation of the log's origin; one of an origin that was succeeded meanwhile is dropped. */
  async insertCheckpoints(signed: readonly { readonly head: LogHead; readonly note: string }[]): Promise<void> {
    await this.query(
      `with new as (
         select n.tenant, n.size, n.root, n.note, l.generation
           from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::text[], $6::text[]) as n (tenant, size, root, note, origin)
           join ledger_log l on l.tenant = n.tenant and l.origin = n.origin
       ), added as (
         insert into ledger_checkpoint (tenant, size, root, note, generation) select * from new on conflict do nothing
       ) select pg_notify($5, tenant::text) from new`,
      [
        uuids(signed.map(({ head }) => head.tenant)),
        bigints(signed.map(({ head }) => head.size)),
        byteas(signed.map(({ head }) => head.root)),
        signed.map(({ note }) => note),
        CHECKPOINT_CHANNEL,
        texts(signed.map(({ head }) => head.origin)),
      ],
    );
  }

  async query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.client.query({ name: statementName(sql), text: sql, values: [...values] })).rows as Row[];
  }
}

interface HeadRow {
  readonly tenant: TenantId;
  readonly origin: string;
  readonly size: string;
  readonly root: Uint8Array;
}

const toHeads = (rows: readonly HeadRow[]): readonly LogHead[] => rows.map(({ size, ...row }) => ({ ...row, size: Number(size) }));

interface NewRound {
  readonly leaves: readonly NewLeaf[];
  readonly nodes: readonly NewNode[];
  readonly growths: readonly Growth[];
}

/** The parts of a statement that grows logs: parameters 1 to 12, as `roundArrays` gives them. */
export const GROW = `leaf as (
    insert into ledger_leaf (tenant, index, entry, leaf_hash) select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[])
  ), node as (
    insert into ledger_node (tenant, level, index, hash) select * from unnest($5::uuid[], $6::smallint[], $7::bigint[], $8::bytea[])
  )`;
export const MOVE_HEADS = `update ledger_log l set size = case when l.size = g.old_size then g.size end, root = g.root
    from unnest($9::uuid[], $10::bigint[], $11::bigint[], $12::bytea[]) as g (tenant, old_size, size, root) where l.tenant = g.tenant`;

export function roundArrays({ leaves, nodes, growths }: NewRound): readonly Buffer[] {
  return [
    uuids(leaves.map(({ tenant }) => tenant)),
    bigints(leaves.map(({ index }) => index)),
    uuids(leaves.map(({ entry }) => entry)),
    byteas(leaves.map(({ leafHash }) => leafHash)),
    uuids(nodes.map(({ tenant }) => tenant)),
    smallints(nodes.map(({ level }) => level)),
    bigints(nodes.map(({ index }) => index)),
    byteas(nodes.map(({ hash }) => hash)),
    uuids(growths.map(({ tenant }) => tenant)),
    bigints(growths.map(({ oldSize }) => oldSize)),
    bigints(growths.map(({ size }) => size)),
    byteas(growths.map(({ root }) => root)),
  ];
}

/** Whether `error` says that another sequencer moved a head: its size (23502), or a leaf that has its place already (23505). */
export function isFenced(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '23502' || code === '23505';
}
