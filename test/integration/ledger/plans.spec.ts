import { inclusionProof } from '@imprimatur/formats/merkle';
import { ReaderRepository, sha256 } from '@imprimatur/domain/ledger';
import { type Context, type EntryId, newId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Client } from 'pg';
import { SequencerRepository } from '../../../libs/domain/ledger/src/sequencing/sequencer.repository';
import { TileRepository } from '../../../libs/domain/ledger/src/reading/tile.repository';
import { LedgerRoom } from './ledger-room';

const ENTRIES = 30_000;
const CHECKPOINTS = 5_000;
const OTHER_LOGS = 5_000;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** `Seq Scan on ledger_entry` and the like, wherever in the plan it stands. */
function scansOf(node: PlanNode): readonly string[] {
  const own = node['Relation Name'] ? [`${node['Node Type']} on ${node['Relation Name']}`] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scansOf)];
}

describe('plans of what the ledger asks, in a log of a size where it matters', () => {
  let room: LedgerRoom;
  let context: Context;
  let app: Client;
  let sequencer: Client;
  beforeAll(async () => {
    room = await LedgerRoom.open();
    context = room.context();
    await seed();
    app = new Client({ connectionString: room.database.appUrl });
    sequencer = new Client({ connectionString: room.database.sequencerUrl });
    for (const client of [app, sequencer]) await client.connect();
    await app.query(`select set_config('app.tenant_id', $1, false)`, [context.tenant]);
  });
  afterAll(async () => {
    for (const client of [app, sequencer]) await client.end();
    await room.close();
  });

  /** A log of its own size among many small ones, and a queue that was full once: the statistics say so, and it is empty. */
  async function seed(): Promise<void> {
    const admin = new Client({ connectionString: room.database.adminUrl });
    await admin.connect();
    const { tenant } = context;
    await admin.query('set session_replication_role = replica');
    await admin.query(
      `insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash)
       select $1::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'test.happened', now(), 'nobody',
              convert_to(repeat('x', 500), 'UTF8'), sha256(n::text::bytea) from generate_series(0, $2 - 1) as n order by n`,
      [tenant, ENTRIES],
    );
    await admin.query(
      `insert into ledger_leaf (tenant, index, entry, leaf_hash) select tenant, position - 1, id, leaf_hash from ledger_entry`,
    );
    await admin.query(
      `insert into ledger_about (tenant, kind, about, position, entry) select tenant, 'session', id, position, id from ledger_entry`,
    );
    await admin.query(`insert into ledger_node (tenant, level, index, hash) select $1, 1, n, sha256('') from generate_series(0, $2) as n`, [
      tenant,
      Math.floor(ENTRIES / 256) - 1,
    ]);
    await admin.query(`insert into ledger_pending (tenant, position, entry) select tenant, position, id from ledger_entry`);
    await admin.query(`insert into ledger_log (tenant, origin, vkey, size, root) values ($1, 'a', 'a', $2, sha256(''))`, [tenant, ENTRIES]);
    await admin.query(
      `insert into ledger_log (tenant, origin, vkey, size, root) select gen_random_uuid(), 'b', 'b', 3, sha256('') from generate_series(1, ${OTHER_LOGS})`,
    );
    await admin.query(
      `insert into ledger_checkpoint (tenant, size, root, note) select $1, n, sha256(''), 'note' from generate_series(1, $2) as n
       union all select tenant, size, root, 'note' from ledger_log where tenant <> $1`,
      [tenant, CHECKPOINTS],
    );
    await admin.query(`insert into ledger_node (tenant, level, index, hash)
                       select tenant, 1, n, root from ledger_log, generate_series(0, 3) as n where tenant <> '${tenant}'`);
    await admin.query('analyze');
    await admin.query('delete from ledger_pending');
    await admin.end();
  }

  /** Runs `work` with every statement explained first, once for these values and once for any. */
  async function scansIn(
    client: Client,
    work: (query: (sql: string, values: readonly unknown[]) => Promise<{ rows: unknown[] }>) => Promise<unknown>,
  ) {
    const scans = new Set<string>();
    const explained = async (sql: string, values: readonly unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }> => {
      const plans = [
        await client.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(`explain (format json) ${sql}`, [...values]),
        await client.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(`explain (format json, generic_plan) ${sql}`),
      ];
      for (const { rows } of plans) for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) for (const scan of scansOf(Plan)) scans.add(scan);
      return client.query(sql, [...values]);
    };
    await work(explained);
    return [...scans].sort();
  }

  const asSequencer = (work: (repository: SequencerRepository) => Promise<unknown>) =>
    scansIn(sequencer, (query) => {
      const client = { query: (asked: { text: string; values: unknown[] }) => query(asked.text, asked.values) };
      return work(new SequencerRepository(client as unknown as Client));
    });
  const asApp = (work: (read: ReadContext, tiles: TileRepository) => Promise<unknown>) =>
    scansIn(app, (query) => {
      const rowsOf = async (sql: string, values: readonly unknown[] = []) => (await query(sql, values)).rows;
      const read = { context, manager: { query: rowsOf } } as unknown as ReadContext;
      return work(read, new TileRepository(rowsOf as never));
    });
  const sequential = (scans: readonly string[]) => scans.filter((scan) => scan.startsWith('Seq Scan'));

  it('sweeps the queue by its own index, and looks each entry up', async () => {
    const scans = await asSequencer((repository) => repository.pending(4_096));
    expect(sequential(scans)).toEqual([]);
    expect(scans).toContain('Index Scan on ledger_entry');
  });

  it('looks for entries that were dropped in a piece of the positions only', async () => {
    const scans = await asSequencer((repository) => repository.lost(BigInt(ENTRIES) - 1_000n, BigInt(ENTRIES), 4_096));
    expect(scans.filter((scan) => scan.startsWith('Seq Scan on ledger_entry') || scan.startsWith('Seq Scan on ledger_leaf'))).toEqual([]);
  });

  it('asks each log once for its newest checkpoint, and reads no other', async () => {
    const scans = await asSequencer((repository) => repository.unsigned());
    expect(sequential(scans)).toEqual(['Seq Scan on ledger_log']);
  });

  it('empties the queue and moves the heads without looking through them', async () => {
    const round = { leaves: [], nodes: [], growths: [] };
    expect(sequential(await asSequencer((repository) => repository.integrate([], round)))).toEqual([]);
    expect(sequential(await asSequencer((repository) => repository.heads([context.tenant])))).toEqual([]);
  });

  it('gathers proofs, tiles and bundles from index ranges', async () => {
    expect(
      sequential(await asApp((_, tiles) => tiles.withNodes(context.tenant, (get) => inclusionProof(sha256, get, 12_345, ENTRIES)))),
    ).toEqual([]);
    expect(sequential(await asApp((_, tiles) => tiles.tile(context.tenant, 0, 17)))).toEqual([]);
    expect(sequential(await asApp((_, tiles) => tiles.tile(context.tenant, 1, 0)))).toEqual([]);
    expect(sequential(await asApp((_, tiles) => tiles.entries(context.tenant, 256, 256)))).toEqual([]);
  });

  it('finds an entry, its log and pages of events by their keys', async () => {
    const repository = new ReaderRepository();
    const id = '00000000-0000-7000-8000-000000000100' as EntryId;
    expect(sequential(await asApp((read) => repository.find(read, id)))).toEqual([]);
    expect(sequential(await asApp((read) => repository.log(read, context.tenant)))).toEqual([]);
    for (const about of [null, { kind: 'session', id: newId('session') } as const])
      expect(sequential(await asApp((read) => repository.list(read, { about, first: 50, after: '12000' })))).toEqual([]);
  });
});
