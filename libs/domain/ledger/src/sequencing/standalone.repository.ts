import type { Client } from 'pg';
import { assert, type AssetId, type TenantId } from '@imprimatur/kernel';
import { bigints, byteas, texts, timestamps, uuids } from '../writing/binary.arrays.js';
import type { Head, NewRow } from '../writing/entry.row.js';
import type { Round } from './open.logs.js';
import { GROW, MOVE_HEADS, roundArrays } from './sequencer.repository.js';

/** A business transaction holds the heads of its assets until it ends; the sequencer does not wait for it longer than this. */
const HEAD_WAIT = '250ms';

export interface AssetCount {
  readonly tenant: TenantId;
  readonly asset: AssetId;
  readonly count: number;
}

/** The statements of entries that are written and integrated at once, on the connection that holds the sequencer's lock. */
export class StandaloneRepository {
  constructor(private readonly client: Client) {}

  /**
   * Begins the transaction that `commit` ends, locks the heads in the order given and counts them up. Answers the place of each asset's first
   * new entry; null, and no transaction: somebody else holds one of them for too long.
   */
  async beginWithHeads(counts: readonly AssetCount[]): Promise<ReadonlyMap<TenantId, Map<AssetId, Head>> | null> {
    await this.client.query(`begin; set local lock_timeout = '${HEAD_WAIT}'`);
    try {
      const { rows } = await this.client.query<HeadRow>({
        name: 'ledger-advance-heads',
        text: ADVANCE_HEADS,
        values: [
          uuids(counts.map(({ tenant }) => tenant)),
          uuids(counts.map(({ asset }) => asset)),
          bigints(counts.map(({ count }) => count)),
        ],
      });
      const heads = new Map<TenantId, Map<AssetId, Head>>();
      for (const { tenant, asset, first, leaf_hash } of rows) {
        heads.set(tenant, (heads.get(tenant) ?? new Map<AssetId, Head>()).set(asset, { seq: Number(first), prev: leaf_hash }));
      }
      return heads;
    } catch (error) {
      await this.rollback();
      // 55P03: not in time; 40P01: two transactions wait for each other
      if (['55P03', '40P01'].includes((error as { code?: string }).code ?? '')) return null;
      throw error;
    }
  }

  async commit(): Promise<void> {
    await this.client.query('commit');
  }

  async rollback(): Promise<void> {
    await this.client.query('rollback').catch(() => undefined); // the connection may be what failed
  }

  /**
   * Entries, their index, payloads and heads, leaves, nodes and the logs' heads in one statement: all of it, or nothing. Throws when a head is
   * not of the size that the round built upon (`isFenced`).
   */
  async insert(rows: readonly NewRow[], round: Round): Promise<void> {
    const { rowCount } = await this.client.query({
      name: 'ledger-standalone',
      text: INSERT,
      values: [...roundArrays(round), ...rowArrays(rows)],
    });
    assert(rowCount === round.growths.length, 'a log that is open has a head');
  }
}

interface HeadRow {
  readonly tenant: TenantId;
  readonly asset: AssetId;
  readonly first: string;
  readonly leaf_hash: Uint8Array | null;
}

const ADVANCE_HEADS = `with new as (
    select * from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as n (tenant, asset, count)
  ), moved as (
    insert into ledger_asset_head as head (tenant, asset, seq) select tenant, asset, count from new
    on conflict (tenant, asset) do update set seq = head.seq + excluded.seq returning tenant, asset, seq, leaf_hash
  )
  select m.tenant, m.asset, m.seq - n.count + 1 as first, m.leaf_hash from moved m join new n on n.tenant = m.tenant and n.asset = m.asset`;

/** Parameters 1 to 12 as in `GROW`, 13 to 32 as `rowArrays` gives them; the tenant of a row is that of its leaf, which has the same place. */
const INSERT = `with new as (
    select * from unnest($1::uuid[], $13::uuid[], $14::text[], $15::timestamptz[], $16::text[], $17::bytea[], $18::bytea[])
      with ordinality as n (tenant, id, type, at, actor, bytes, leaf_hash, place)
  ), entry as (
    insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash)
    select tenant, id, type, at, actor, bytes, leaf_hash from new order by place returning tenant, id, position
  ), about as (
    insert into ledger_about (tenant, kind, about, position, entry, seq)
    select entry.tenant, a.kind, a.about, entry.position, entry.id, a.seq
      from unnest($19::uuid[], $20::text[], $21::uuid[], $22::bigint[]) as a (entry, kind, about, seq) join entry on entry.id = a.entry
    on conflict do nothing
  ), payload as (
    insert into ledger_payload (tenant, entry, part, version, wrapped_key, sealed)
    select new.tenant, p.entry, p.part, 1, p.wrapped_key, p.sealed
      from unnest($23::uuid[], $24::text[], $25::bytea[], $26::bytea[]) as p (entry, part, wrapped_key, sealed) join new on new.id = p.entry
  ), payload_subject as (
    insert into ledger_payload_subject (tenant, subject, entry, part)
    select new.tenant, s.subject, s.entry, s.part
      from unnest($30::uuid[], $31::uuid[], $32::text[]) as s (subject, entry, part) join new on new.id = s.entry
  ), head as (
    update ledger_asset_head h set leaf_hash = n.leaf_hash
      from unnest($27::uuid[], $28::uuid[], $29::bytea[]) as n (tenant, asset, leaf_hash) where h.tenant = n.tenant and h.asset = n.asset
  ), ${GROW} ${MOVE_HEADS}`;

function rowArrays(rows: readonly NewRow[]): readonly Buffer[] {
  const abouts = rows.flatMap(({ id, about }) => about.map((each) => ({ entry: id, ...each })));
  const payloads = rows.flatMap(({ id, payloads: own }) => own.map((each) => ({ entry: id, ...each })));
  const heads = new Map(
    rows.flatMap(({ tenant, about, leafHash }) =>
      about.filter(({ seq }) => seq !== undefined).map(({ id }) => [`${tenant}/${id}`, { tenant, id, leafHash }]),
    ),
  );
  const moved = [...heads.values()];
  const subjects = payloads.flatMap(({ entry, part, subjects: own }) => [...new Set(own)].map((subject) => ({ subject, entry, part })));
  return [
    uuids(rows.map(({ id }) => id)),
    texts(rows.map(({ type }) => type)),
    timestamps(rows.map(({ at }) => at)),
    texts(rows.map(({ actor }) => actor)),
    byteas(rows.map(({ bytes }) => bytes)),
    byteas(rows.map(({ leafHash }) => leafHash)),
    uuids(abouts.map(({ entry }) => entry)),
    texts(abouts.map(({ kind }) => kind)),
    uuids(abouts.map(({ id }) => id)),
    bigints(abouts.map(({ seq }) => seq ?? null)),
    uuids(payloads.map(({ entry }) => entry)),
    texts(payloads.map(({ part }) => part)),
    byteas(payloads.map(({ wrappedKey }) => wrappedKey)),
    byteas(payloads.map(({ sealed }) => sealed)),
    uuids(moved.map(({ tenant }) => tenant)),
    uuids(moved.map(({ id }) => id)),
    byteas(moved.map(({ leafHash }) => leafHash)),
    uuids(subjects.map(({ subject }) => subject)),
    uuids(subjects.map(({ entry }) => entry)),
    texts(subjects.map(({ part }) => part)),
  ];
}
