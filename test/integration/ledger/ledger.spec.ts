import { verifyReceipt } from '@imprimatur/formats/ledger';
import { decodeBundle, isSignedBy, leafHash, parseCheckpoint, parseVkey, Tree, verifyConsistency } from '@imprimatur/formats/merkle';
import { ed25519Verify, hmacSha256, type NewEvent, sha256 } from '@imprimatur/domain/ledger';
import { type AssetId, type Context, type EntryId, newId, type Result } from '@imprimatur/kernel';
import { found, LedgerRoom } from './ledger-room';

const tools = { sha256, hmacSha256, ed25519Verify, logKeys: [] };
const event = (asset: AssetId, more: Partial<NewEvent> = {}): NewEvent => ({
  type: 'test.happened',
  about: [{ kind: 'asset', id: asset }],
  facts: { n: 1 },
  ...more,
});

describe('the ledger on a real database', () => {
  let room: LedgerRoom;
  beforeAll(async () => {
    room = await LedgerRoom.open(24);
    await room.startSequencer();
  });
  afterAll(() => room.close());

  const append = async (context: Context, what: NewEvent): Promise<EntryId> =>
    (await room.database.unitOfWork.write(context, (write) => room.ledger.append(write, what))).id;

  it('writes an entry with the change or not at all', async () => {
    const context = room.context();
    const asset = newId('asset');
    const refused: Result<string> = { ok: false, refusal: { code: 'NO', message: 'no', remedy: 'none' } };
    const answer = await room.database.unitOfWork.write(context, async (write): Promise<Result<string>> => {
      await room.ledger.append(write, event(asset));
      return refused;
    });
    expect(answer).toBe(refused);
    const fault = room.database.unitOfWork.write(context, async (write) => {
      await room.ledger.append(write, event(asset));
      throw new Error('the change failed');
    });
    await expect(fault).rejects.toThrow('the change failed');
    expect(
      await room.database.unitOfWork.read(context, (read) => room.reader.events(read, { about: null, first: 10, after: null })),
    ).toEqual([]);
  });

  it('counts seq from 1 and links prev, with 20 writers on one asset at once', async () => {
    const context = room.context();
    const asset = newId('asset');
    await Promise.all(Array.from({ length: 20 }, () => append(context, event(asset))));
    const events = await room.database.unitOfWork.read(context, (read) =>
      room.reader.events(read, { about: { kind: 'asset', id: asset }, first: 100, after: null }),
    );
    expect(events.map(({ entry }) => entry.about[0]?.seq)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    const links = events.map(({ bytes }) => Buffer.from(leafHash(sha256, bytes)).toString('base64url'));
    expect(events.map(({ entry }) => entry.about[0]?.prev)).toEqual([null, ...links.slice(0, -1)]);
  });

  it('gives a receipt that a stranger can check, with only what is disclosed', async () => {
    const context = room.context();
    const id = await append(
      context,
      event(newId('asset'), {
        parts: { prompt: { value: 'make the sky warmer', subjects: [] }, secret: { value: { a: 1 }, subjects: [] } },
      }),
    );
    await room.signed(context, 1);
    const { receipt, vkey } = await room.database.unitOfWork.read(context, async (read) => ({
      receipt: await room.reader.receipt(read, id, ['prompt']),
      vkey: (await room.reader.log(read))?.vkey ?? '',
    }));
    const key = parseVkey(sha256, vkey);
    expect(key).not.toBeNull();
    expect(verifyReceipt(receipt, tools)).toMatchObject({ status: 'consistent', key: 'unknown', witnesses: 'operator only' });
    expect(verifyReceipt(receipt, { ...tools, logKeys: key ? [key] : [] })).toMatchObject({
      status: 'consistent',
      key: 'known',
      parts: { prompt: Buffer.from('make the sky warmer') },
    });
    expect(JSON.stringify(receipt)).not.toContain('"secret":{"salt"');
    const changed = {
      ...receipt,
      parts: { prompt: { ...receipt?.parts.prompt, bytes: Buffer.from('make the sky colder').toString('base64') } },
    };
    expect(verifyReceipt(changed, tools)).toMatchObject({ status: 'broken', check: 'part' });
    expect(verifyReceipt({ ...receipt, index: 1 }, tools)).toMatchObject({ status: 'broken', check: 'proof' });
  });

  it('serves a log of 600 entries as tiles from which its signed root follows', async () => {
    const context = room.context();
    const asset = newId('asset');
    await room.database.unitOfWork.write(context, async (write) => {
      for (let n = 0; n < 300; n += 1) await room.ledger.append(write, event(asset, { facts: { n } }));
    });
    await room.signed(context, 300);
    const half = await room.database.unitOfWork.read(context, (read) => room.reader.file(read, 'checkpoint'));
    await room.database.unitOfWork.write(context, async (write) => {
      for (let n = 300; n < 600; n += 1) await room.ledger.append(write, event(asset, { facts: { n } }));
    });
    await room.signed(context, 600);
    await room.database.unitOfWork.read(context, async (read) => {
      const paths = await room.reader.paths(read);
      expect(paths).toEqual(
        expect.arrayContaining(['tile/0/000', 'tile/0/002.p/88', 'tile/1/000.p/2', 'tile/entries/000', 'tile/entries/002.p/88']),
      );
      const tree = Tree.empty(sha256);
      for (const path of paths.filter((each) => each.startsWith('tile/entries/'))) {
        for (const bytes of decodeBundle((await room.reader.file(read, path)) ?? new Uint8Array(1)) ?? [])
          tree.append(leafHash(sha256, bytes));
      }
      const checkpoint = parseCheckpoint(Buffer.from((await room.reader.file(read, 'checkpoint')) ?? []).toString());
      expect(checkpoint?.size).toBe(600);
      expect(Buffer.from(tree.root())).toEqual(Buffer.from(checkpoint?.root ?? []));
      const key = parseVkey(sha256, (await room.reader.log(read))?.vkey ?? '');
      expect(checkpoint && key && isSignedBy(checkpoint, key, ed25519Verify)).toBe(true);
      const old = parseCheckpoint(Buffer.from(half ?? []).toString());
      if (!old || !checkpoint) throw new Error('both checkpoints are readable');
      const proof = await room.reader.consistency(read, old.size, checkpoint.size);
      expect(verifyConsistency(sha256, { oldSize: old.size, oldRoot: old.root, size: checkpoint.size, root: checkpoint.root, proof })).toBe(
        true,
      );
      expect(await room.reader.file(read, 'tile/0/002')).toBeNull();
    });
  });

  it("keeps one tenant's log from another", async () => {
    const [mine, theirs] = [room.context(), room.context()];
    const id = await append(mine, event(newId('asset')));
    await room.signed(mine, 1);
    await room.database.unitOfWork.read(theirs, async (read) => {
      expect(await room.reader.log(read)).toBeNull();
      expect(await room.reader.event(read, id)).toBeNull();
      expect(await room.reader.receipt(read, id)).toBeNull();
    });
  });

  it('proves an entry whose person was erased, and opens nothing of theirs', async () => {
    const context = room.context();
    const [alone, other] = [newId('subject'), newId('subject')];
    const id = await append(
      context,
      event(newId('asset'), {
        parts: { both: { value: 'hers and his', subjects: [alone, other] }, his: { value: 'his', subjects: [other] } },
      }),
    );
    await room.signed(context, 1);
    await room.database.unitOfWork.write(context, (write) => room.sealing.destroySubjectKey(write, alone));
    await room.database.unitOfWork.read(context, async (read) => {
      expect(await room.reader.openPart(read, id, 'both')).toBeNull();
      expect((await room.reader.openPart(read, id, 'his'))?.bytes).toEqual(Buffer.from('his'));
      expect(verifyReceipt(await room.reader.receipt(read, id), tools)).toMatchObject({ status: 'consistent' });
      await expect(room.reader.receipt(read, id, ['both'])).rejects.toMatchObject({ code: 'PART_NOT_AVAILABLE' });
    });
  });

  it.each(['update ledger_entry set type = $$x$$', 'delete from ledger_entry', 'truncate ledger_leaf', 'delete from ledger_checkpoint'])(
    'refuses the app, and even a superuser who leaves the triggers on: %s',
    async (sql) => {
      const context = room.context();
      await append(context, event(newId('asset')));
      await room.signed(context, 1);
      await expect(room.database.dataSource.query(sql)).rejects.toThrow(/permission denied/);
      await expect(room.database.asAdmin(sql)).rejects.toThrow(/append-only/);
    },
  );

  it('takes a data key away with any of its people', async () => {
    const context = room.context();
    const subject = newId('subject');
    const { key, wrapped } = await room.database.unitOfWork.write(context, (write) => room.sealing.newDataKey(write, [subject]));
    const opened = () => room.database.unitOfWork.read(context, (read) => room.sealing.openDataKey(read, wrapped));
    expect(await opened()).toEqual(key);
    await room.database.unitOfWork.write(context, (write) => room.sealing.destroySubjectKey(write, subject));
    expect(await opened()).toBeNull();
  });

  it('has no fault to report', () => {
    expect(room.faults).toEqual([]);
  });
});

describe('the sequencer and its signer', () => {
  let room: LedgerRoom;
  beforeEach(async () => {
    room = await LedgerRoom.open();
  });
  afterEach(() => room.close());

  const fill = (context: Context, count: number) =>
    room.database.unitOfWork.write(context, async (write) => {
      for (let n = 0; n < count; n += 1) await room.ledger.append(write, event(newId('asset')));
    });

  it('signs after a restart what was integrated but not signed', async () => {
    const context = room.context();
    await fill(context, 3);
    await (await room.startSequencer()).stop();
    await room.database.asAdmin(`alter table ledger_checkpoint disable trigger all`);
    await room.database.asAdmin(`delete from ledger_checkpoint`); // a crash between the two writes
    await room.database.asAdmin(`alter table ledger_checkpoint enable trigger all`);
    await room.startSequencer();
    await room.signed(context, 3);
    expect(room.faults).toEqual([]);
  });

  it('lets only one of two work, and the other take over', async () => {
    const context = room.context();
    const first = await room.startSequencer();
    await room.startSequencer();
    await fill(context, 5);
    await room.signed(context, 5);
    await first.stop();
    await fill(context, 5);
    await room.signed(context, 10);
    const [{ leaves }] = (await room.database.asAdmin<{ leaves: number }>(
      'select count(distinct index)::int as leaves from ledger_leaf',
    )) as [{ leaves: number }];
    expect(leaves).toBe(10);
    expect(room.faults).toEqual([]);
  });

  it('refuses to sign a log that was cut back', async () => {
    const context = room.context();
    const sequencer = await room.startSequencer();
    await fill(context, 4);
    await room.signed(context, 4);
    await sequencer.stop();
    for (const table of ['ledger_leaf', 'ledger_checkpoint', 'ledger_entry', 'ledger_about'])
      await room.database.asAdmin(`alter table ${table} disable trigger all`);
    await room.database.asAdmin('delete from ledger_checkpoint');
    await room.database.asAdmin('delete from ledger_about where entry in (select entry from ledger_leaf where index >= 2)');
    await room.database.asAdmin('delete from ledger_leaf where index >= 2');
    await room.database.asAdmin('delete from ledger_entry where id not in (select entry from ledger_leaf)');
    const [{ root }] = (await room.database.asAdmin<{ root: Buffer }>(
      `select sha256('\\x01'::bytea || (select leaf_hash from ledger_leaf where index = 0) || (select leaf_hash from ledger_leaf where index = 1)) as root`,
    )) as [{ root: Buffer }];
    await room.database.asAdmin('update ledger_log set size = 2, root = $1', [root]);
    await room.startSequencer();
    expect(room.faults).toEqual([expect.objectContaining({ code: 'CHECKPOINT_INCONSISTENT' })]);
    expect(await room.database.asAdmin('select * from ledger_checkpoint')).toEqual([]);
  });

  it('puts leaves back whose entries are still there, and says that somebody took them', async () => {
    const context = room.context();
    const sequencer = await room.startSequencer();
    await fill(context, 4);
    await room.signed(context, 4);
    await sequencer.stop();
    await room.database.asAdmin('alter table ledger_leaf disable trigger all; delete from ledger_leaf where index >= 2');
    await room.database.asAdmin(
      `update ledger_log set size = 2, root = sha256('\\x01'::bytea || (select leaf_hash from ledger_leaf where index = 0)
                                                   || (select leaf_hash from ledger_leaf where index = 1))`,
    );
    await room.startSequencer();
    const log = await found(async () => {
      const now = await room.database.unitOfWork.read(context, (read) => room.reader.log(read));
      return now?.size === 4 ? now : null;
    }, 'a whole tree');
    expect(log.checkpoint?.size).toBe(4);
    expect(room.faults).toEqual([expect.objectContaining({ code: 'ENTRIES_WERE_DROPPED' })]);
  });
});
