import { sha256 } from '@imprimatur/domain/ledger';
import { type Context, newId } from '@imprimatur/kernel';
import { Client } from 'pg';
import { LostEntries } from '../../../libs/domain/ledger/src/sequencing/lost.entries';
import { type PendingEntry, SequencerRepository } from '../../../libs/domain/ledger/src/sequencing/sequencer.repository';
import { LedgerRoom } from './ledger-room';

const INTEGRATED = 30_000;
/** More than is looked back for entries that commit late. */
const NEWER = 5_000;

/** Entries that have their places in the tree. */
const SEED = `
  with entry as (
    insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash)
    select $1::uuid, gen_random_uuid(), 'test.happened', now(), 'nobody', '\\x7b7d', sha256(n::text::bytea) from generate_series(1, $2::int) n
    returning tenant, id, position, leaf_hash
  )
  insert into ledger_leaf (tenant, index, entry, leaf_hash) select tenant, position, id, leaf_hash from entry`;

describe('entries that have no place in the queue', () => {
  let room: LedgerRoom;
  let context: Context;
  let client: Client;
  const asked: bigint[] = [];
  const opened: Client[] = [];
  beforeAll(async () => {
    room = await LedgerRoom.open();
    context = room.context();
    await room.database.asAdmin(SEED, [context.tenant, INTEGRATED]);
    await room.database.asAdmin('analyze ledger_entry, ledger_leaf, ledger_pending');
    client = new Client({ connectionString: room.database.sequencerUrl });
    await client.connect();
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(async () => {
    for (const each of [client, ...opened]) await each.end();
    await room.close();
  });

  /** The sequencer's queries, which remember how many positions they were asked to look at. */
  const watched = (): Pick<SequencerRepository, 'newestPosition' | 'lost'> => {
    const repository = new SequencerRepository(client);
    return {
      newestPosition: () => repository.newestPosition(),
      lost: (after, to, limit) => {
        asked.push(to - after);
        return repository.lost(after, to, limit);
      },
    };
  };
  /** The first look that finds something. */
  const foundWithin = async (lost: LostEntries, looks: number): Promise<readonly PendingEntry[]> => {
    for (let look = 0; look < looks; look += 1) {
      const found = await lost.find(watched());
      if (found.length > 0) return found;
    }
    return [];
  };
  const idsOf = (found: readonly PendingEntry[]): readonly string[] => found.map(({ entry }) => entry);
  const integrated = (found: readonly PendingEntry[]): Promise<unknown> =>
    room.database.asAdmin(
      `insert into ledger_leaf (tenant, index, entry, leaf_hash) select tenant, position, id, leaf_hash from ledger_entry where id = any($1)`,
      [idsOf(found)],
    );
  const append = (client: Client, id: string): Promise<unknown> =>
    client.query(
      `insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash) values ($1, $2, 'test.happened', now(), 'nobody', '\\x7b7d', $3)`,
      [context.tenant, id, Buffer.from(sha256(Buffer.from(id)))],
    );

  it('are found in the history by a sequencer that begins to lead', async () => {
    const id = newId('entry');
    await append(await admin(), id);
    await room.database.asAdmin(SEED, [context.tenant, NEWER]);
    const lost = await foundWithin(new LostEntries(), 3);
    expect(idsOf(lost)).toEqual([id]);
    await integrated(lost);
  });

  it('are found when they lost it, or committed, long after their positions were looked at, by looks of one size', async () => {
    const [queued, late] = [newId('entry'), newId('entry')];
    const held = await admin();
    await append(held, queued);
    await held.query(`insert into ledger_pending (tenant, position, entry) select tenant, position, id from ledger_entry where id = $1`, [
      queued,
    ]);
    await held.query('begin');
    await append(held, late);
    await room.database.asAdmin(SEED, [context.tenant, NEWER]);
    const lost = new LostEntries();
    // the whole history, and more
    expect(await foundWithin(lost, 4)).toEqual([]);

    await held.query('commit');
    await held.query('delete from ledger_pending where entry = $1', [queued]);
    asked.length = 0;
    const found = await foundWithin(lost, 60);
    expect(idsOf(found)).toEqual([queued, late]);
    expect(Math.max(...asked.map(Number))).toBeLessThanOrEqual(4_096);
    await integrated(found);
    expect(await foundWithin(lost, 30)).toEqual([]);
  });

  it('are given their places however many they are', async () => {
    const lost = new LostEntries();
    expect(await foundWithin(lost, 4)).toEqual([]);
    await room.database
      .asAdmin(`do $$ begin set local session_replication_role = replica; alter table ledger_leaf disable trigger append_only_rows;
      delete from ledger_leaf where index between 100 and 9_000; alter table ledger_leaf enable always trigger append_only_rows; end $$`);
    const seen = new Set<string>();
    for (let look = 0; look < 40 && seen.size < 8_901; look += 1) {
      const found = await lost.find(watched());
      for (const id of idsOf(found)) seen.add(id);
      await integrated(found);
    }
    expect(seen.size).toBe(8_901);
  });

  async function admin(): Promise<Client> {
    const made = new Client({ connectionString: room.database.adminUrl });
    await made.connect();
    opened.push(made);
    return made;
  }
});
