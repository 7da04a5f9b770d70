import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AssetTrail, AssetTrailRepository, LOG_ZERO } from '@imprimatur/domain/ledger';
import { type Receipt, trailFindings, verifyReceipt } from '@imprimatur/formats/ledger';
import { formatAddCheckpoint, parseCheckpoint } from '@imprimatur/formats/merkle';
import { sha256 } from '@imprimatur/domain/ledger';
import { assert, type EntryId, fromBase64, newId } from '@imprimatur/kernel';
import { Backup } from '../../support/backup';
import { edited, type ForgedEntry, LogForger } from '../../support/log-forger';
import { until } from '../../support/service';
import { AttackedRoom, OLD_SIZE, SIZE } from './attacked-room';

/** The table 'Who can lie, and who notices' of docs/ledger.md, row by row. */
describe('who can lie, and who notices', () => {
  let attacked: AttackedRoom;
  const change = { n: 5, forged: true };

  describe('application bug, insider with the API', () => {
    beforeAll(async () => (attacked = await AttackedRoom.open()));
    afterAll(() => attacked.close());

    const asApp = (sql: string) => attacked.room.database.unitOfWork.write(attacked.context, (write) => write.manager.query(sql));
    const verbs = (table: string) => [`update ${table} set tenant = tenant`, `delete from ${table}`, `truncate ${table}`];
    const appendOnly = ['entry', 'about', 'leaf', 'node', 'checkpoint', 'anchor'].map((name) => `ledger_${name}`);

    it.each(appendOnly.flatMap(verbs))('%s: permission denied', async (sql) => {
      await expect(asApp(sql)).rejects.toThrow(/permission denied/);
    });

    it.each(['ledger_leaf', 'ledger_node', 'ledger_checkpoint', 'ledger_anchor', 'ledger_log'])(
      'writes a row of its own into %s: permission denied',
      async (table) => {
        await expect(asApp(`insert into ${table} default values`)).rejects.toThrow(/permission denied/);
      },
    );

    it('takes an entry out of the queue: permission denied', async () => {
      await expect(asApp('delete from ledger_pending')).rejects.toThrow(/permission denied/);
    });

    it('and the log is as it was', async () => {
      expect((await attacked.walk(await attacked.served(), { since: [attacked.kept.newest] })).findings).toEqual([]);
    });
  });

  describe('an attacker with the server', () => {
    beforeEach(async () => (attacked = await AttackedRoom.open()));
    afterEach(() => attacked.close());
    const forger = (tenant = attacked.context.tenant) => LogForger.of(attacked.room, tenant);
    const receipt = (id: EntryId | undefined): Promise<Receipt | null> =>
      attacked.read((read) => attacked.room.reader.receipt(read, id ?? newId('entry')));

    it.each([5, 290])('superuser edits one entry: the verifier names entry %i', async (index) => {
      const forging = await forger();
      const entry = edited(await forging.entries(), index, change)[index];
      assert(entry, 'the log has it');
      await attacked.room.database.asAdmin('update ledger_entry set bytes = $1 where id = $2', [Buffer.from(entry.bytes), entry.id]);
      expect(await attacked.first(await attacked.served())).toMatchObject({
        code: 'ENTRY_NOT_ITS_LEAF',
        entry: index,
        id: entry.id,
        words: `entry ${index} does not hash to its leaf`,
      });
      expect(verifyReceipt(await receipt(attacked.ids[index]), attacked.tools())).toMatchObject({ status: 'broken', check: 'proof' });
    });

    it('superuser edits one leaf: the verifier names its tile', async () => {
      await forger();
      await attacked.room.database.asAdmin(`update ledger_leaf set leaf_hash = sha256('x') where tenant = $1 and index = 5`, [
        attacked.context.tenant,
      ]);
      expect(await attacked.first(await attacked.served())).toMatchObject({ code: 'TILE_INCONSISTENT', path: 'tile/0/000' });
    });

    it('superuser edits an entry and all hashes: inconsistent with the signed head, and the signer refuses the next one', async () => {
      const forging = await forger();
      await forging.rewrite(edited(await forging.entries(), 5, change));
      expect(await attacked.first(await attacked.served())).toMatchObject({
        code: 'TILE_INCONSISTENT',
        words: expect.stringMatching(/inconsistent with the signed head$/) as string,
      });
      await attacked.append();
      expect((await attacked.refusal('CHECKPOINT_INCONSISTENT')).message).toMatch(/does not grow out of the size 300 that was signed last/);
      expect(await attacked.room.database.asAdmin('select 1 from ledger_checkpoint where size > $1', [SIZE])).toEqual([]);
    });

    it('superuser edits all and signs with a key of their own: not the pinned key', async () => {
      const forging = await forger();
      const served = forging.files(edited(await forging.entries(), 5, change), join(attacked.room.home, 'other-key'));
      expect(await attacked.first(served)).toMatchObject({ code: 'SIGNATURE_WRONG' });
      // who pinned nothing is told that the key came along
      expect(await attacked.walk(served, { logKeys: [] })).toMatchObject({ findings: [], key: 'came along' });
    });

    describe('superuser with the key edits and signs again', () => {
      let forged: readonly ForgedEntry[];
      beforeEach(async () => {
        const forging = await forger();
        forged = edited(await forging.entries(), 5, change);
        await forging.rewrite(forged);
        await forgeLogZero(forging.origin, await forging.resign(forged));
      });
      /** Log 0 with the new notes in place of the old; cosignatures cannot be forged. */
      async function forgeLogZero(origin: string, notes: ReadonlyMap<number, string>): Promise<void> {
        const forging = await forger(LOG_ZERO);
        const entries = (await forging.entries()).map(({ id, bytes }) => {
          const told = parseCheckpoint(Buffer.from(bytes).toString('utf8'));
          return { id, bytes: told?.origin === origin ? Buffer.from(notes.get(told.size) ?? '') : bytes };
        });
        await forging.rewrite(entries);
        await forging.resign(entries);
        await attacked.room.database.asAdmin(`delete from ledger_anchor where kind = 'cosignature'`);
      }

      it('a verifier without memory is deceived, and says operator only', async () => {
        const report = await attacked.walk(await attacked.served(), { policy: attacked.witness.policy });
        expect(report).toMatchObject({ findings: [], key: 'known', entries: SIZE, judgement: { isSatisfied: false } });
        expect((await attacked.walk(await attacked.servedLogZero())).findings).toEqual([]);
        const deceiving = verifyReceipt(await receipt(attacked.ids[5]), attacked.tools());
        expect(deceiving).toMatchObject({ status: 'consistent', key: 'known', witnesses: 'operator only', entry: { facts: change } });
      });

      it('an old checkpoint is not consistent with it', async () => {
        const { old, newest } = attacked.kept;
        const report = await attacked.walk(await attacked.served(), { since: [old, newest] });
        expect(report.since.map(({ status }) => status)).toEqual(['inconsistent', 'inconsistent']);
        expect(report.findings.map(({ words }) => words)).toEqual([
          `the checkpoint does not grow out of the old one of size ${OLD_SIZE}`,
          `there are two checkpoints of size ${SIZE}, and they differ: the log was forked`,
        ]);
      });

      it('a receipt in an exported picture still proves what was, and the log is not consistent with it', async () => {
        const { receipt: exported } = attacked.kept;
        expect(verifyReceipt(exported, attacked.tools())).toMatchObject({
          status: 'consistent',
          key: 'known',
          witnesses: 'witnessed',
          entry: { facts: { n: 5 } },
        });
        const remembered = parseCheckpoint(exported.checkpoint);
        assert(remembered, 'a receipt has a checkpoint');
        expect(await attacked.first(await attacked.served(), { since: [remembered] })).toMatchObject({
          code: 'OLD_CHECKPOINT_INCONSISTENT',
        });
      });

      it('the witness refuses log 0, and so does its old checkpoint', async () => {
        expect(await attacked.first(await attacked.servedLogZero(), { since: [attacked.kept.logZero] })).toMatchObject({
          code: 'OLD_CHECKPOINT_INCONSISTENT',
        });
        await attacked.append();
        expect((await attacked.refusal('WITNESS_CONFLICT')).message).toMatch(/remembers another tree/);
      });
    });

    it('superuser with the key edits and signs again, but for log 0: the checkpoints in log 0 are not consistent with it', async () => {
      const forging = await forger();
      const forged = edited(await forging.entries(), 5, change);
      await forging.rewrite(forged);
      await forging.resign(forged);
      const notes = (await (await forger(LOG_ZERO)).entries()).map(({ bytes }) => parseCheckpoint(Buffer.from(bytes).toString('utf8')));
      const since = notes.filter((note) => note !== null).filter(({ origin }) => origin === forging.origin);
      const report = await attacked.walk(await attacked.served(), { since });
      expect(report.since).toEqual([
        { size: OLD_SIZE, status: 'inconsistent' },
        { size: SIZE, status: 'inconsistent' },
      ]);
      // and who asks for a receipt gets one that does not hold
      expect(verifyReceipt(await receipt(attacked.ids[5]), attacked.tools())).toMatchObject({ status: 'broken' });
    });

    it('superuser with the key rolls back and regrows: an old checkpoint is not consistent, the witness refuses', async () => {
      for (const [tenant, size] of [
        [attacked.context.tenant, 200],
        [LOG_ZERO, 1],
      ] as const) {
        const forging = await forger(tenant);
        const before = (await forging.entries()).slice(0, size);
        await forging.rewrite(before);
        await forging.resign(before);
      }
      const forgotten = `delete from ledger_anchor where (kind = 'log-0' and size > 1) or (kind <> 'log-0' and size > 1)`;
      await attacked.room.database.asAdmin(forgotten);
      for (let n = 0; n < 150; n += 1) await attacked.append({ n });
      expect((await attacked.refusal('WITNESS_CONFLICT')).message).toMatch(/refuses the log/);
      const served = await attacked.served();
      // the signer itself had forgotten, and signed: nobody who remembers nothing sees it
      expect(await attacked.walk(served)).toMatchObject({ findings: [], key: 'known', head: { size: 350 } });
      const report = await attacked.walk(served, { since: [attacked.kept.old, attacked.kept.newest] });
      expect(report.since.map(({ status }) => status)).toEqual(['inconsistent', 'inconsistent']);
    });

    it.each([290, OLD_SIZE])('superuser cuts the tail to %i: the signer refuses, an old checkpoint is larger', async (size) => {
      const forging = await forger();
      await forging.rewrite((await forging.entries()).slice(0, size));
      const served = await attacked.served();
      expect(await attacked.first(served)).toBeNull(); // an older head that was signed once is served: only memory helps
      expect(await attacked.first(served, { since: [attacked.kept.newest] })).toMatchObject({
        code: 'OLD_CHECKPOINT_LARGER',
        words: `the log has ${OLD_SIZE} entries and had ${SIZE} before: it was cut back`,
      });
      await attacked.append();
      expect((await attacked.refusal('CHECKPOINT_INCONSISTENT')).message).toMatch(/of size 2\d\d does not grow out of the size 300/);
      expect(await attacked.room.database.asAdmin('select 1 from ledger_checkpoint where size > $1', [OLD_SIZE])).toEqual([]);
    });

    it('insider withholds an event of an asset from a package: seq and prev have a gap', async () => {
      const [asset = newId('asset')] = attacked.assets;
      const own = attacked.ids.filter((_, at) => at % attacked.assets.length === 0);
      const entries = (await Promise.all(own.map(receipt))).flatMap((made) =>
        made ? [{ index: made.index, bytes: fromBase64(made.entry) }] : [],
      );
      const without = (seq: number) =>
        trailFindings(
          sha256,
          entries.filter((_, at) => at !== seq - 1),
        );
      expect(entries).toHaveLength(100);
      expect(trailFindings(sha256, entries)).toEqual([]);
      for (const seq of [1, 2, 50, 99]) {
        expect(without(seq)).toMatchObject([{ code: 'EVENT_MISSING', asset, seq, words: `asset ${asset}: event ${seq} is missing` }]);
      }
      // the newest is missed only by who knows the head: the whole log, or the ledger's own count
      expect(without(100)).toEqual([]);
    });

    it('superuser hides an event of an asset from its trail: the trail says which', async () => {
      const [asset = newId('asset')] = attacked.assets;
      await forger();
      const trail = () => attacked.read((read) => new AssetTrail(new AssetTrailRepository()).completeness(read, asset));
      expect(await trail()).toMatchObject({ isComplete: true, seqTo: 100 });
      for (const seq of [50, 100]) {
        await attacked.room.database.asAdmin('delete from ledger_about where about = $1 and seq = $2', [asset, seq]);
      }
      expect(await trail()).toMatchObject({
        isComplete: false,
        gaps: [
          { seqFrom: 50, seqTo: 50 },
          { seqFrom: 100, seqTo: 100 },
        ],
      });
    });

    it('operator shows two readers two branches: two checkpoints of one size differ, and the witness cosigns one', async () => {
      const forging = await forger();
      const mine = await attacked.served();
      const theirs = forging.files(edited(await forging.entries(), 299, change));
      for (const branch of [mine, theirs]) expect(await attacked.first(branch)).toBeNull();
      expect(await attacked.first(theirs, { since: [attacked.kept.newest] })).toMatchObject({
        code: 'OLD_CHECKPOINT_INCONSISTENT',
        words: `there are two checkpoints of size ${SIZE}, and they differ: the log was forked`,
      });
      // the branch of log 0 that would lead to it, handed to the witness
      const zero = await forger(LOG_ZERO);
      const zeroEntries = await zero.entries();
      const note = Buffer.from((await theirs('checkpoint')) ?? []);
      const branch = zero.files([...zeroEntries.slice(0, -1), { id: newId('entry'), bytes: note }]);
      const body = formatAddCheckpoint({
        oldSize: zeroEntries.length,
        proof: [],
        note: Buffer.from((await branch('checkpoint')) ?? []).toString('utf8'),
      });
      const answer = await fetch(`${attacked.witness.running.url}/add-checkpoint`, { method: 'POST', body });
      expect([answer.status, await answer.text()]).toEqual([409, 'another tree of this size was cosigned\n']);
      expect(await attacked.first(branch, { since: [attacked.kept.logZero] })).toMatchObject({ code: 'OLD_CHECKPOINT_INCONSISTENT' });
      // and one log 0 that tells both gives itself away
      const both = zero.files([...zeroEntries, { id: newId('entry'), bytes: note }]);
      expect(await attacked.first(both)).toMatchObject({ code: 'HEAD_FORKED', entry: zeroEntries.length });
    });

    it("where there is no witness 'operator only' is said", async () => {
      const { kept } = attacked;
      const { policy, ...alone } = attacked.tools();
      expect(verifyReceipt(kept.receipt, alone)).toMatchObject({ status: 'consistent', witnesses: 'operator only' });
      expect(verifyReceipt(kept.receipt, { ...alone, policy })).toMatchObject({ status: 'consistent', witnesses: 'witnessed' });
      expect(verifyReceipt({ ...kept.receipt, anchors: [] }, { ...alone, policy })).toMatchObject({ witnesses: 'operator only' });
    });

    it("thief of the log's key signs a log of their own: what others hold is not consistent, and the witness refuses", async () => {
      const forging = await forger();
      const own = forging.files(edited(await forging.entries(), 0, change).slice(0, 20));
      expect(await attacked.walk(own)).toMatchObject({ findings: [], key: 'known' });
      expect(await attacked.first(own, { since: [attacked.kept.old] })).toMatchObject({ code: 'OLD_CHECKPOINT_LARGER' });
      const zero = await forger(LOG_ZERO);
      const stolen = zero.files([{ id: newId('entry'), bytes: Buffer.from((await own('checkpoint')) ?? []) }]);
      const request = formatAddCheckpoint({
        oldSize: 0,
        proof: [],
        note: Buffer.from((await stolen('checkpoint')) ?? []).toString('utf8'),
      });
      const answer = await fetch(`${attacked.witness.running.url}/add-checkpoint`, { method: 'POST', body: request });
      expect(answer.status).toBe(409);
    });

    it('whoever is in the app writes a false entry: not caught', async () => {
      await attacked.append({ painted: 0 });
      await attacked.runThrough();
      expect(await attacked.walk(await attacked.served(), { since: [attacked.kept.newest] })).toMatchObject({ findings: [], entries: 301 });
    });

    describe('anybody drops a committed entry before it is integrated', () => {
      const dropped = async (tables: readonly string[]): Promise<EntryId> => {
        const id = await attacked.append();
        await forger();
        for (const [table, column] of tables.map((name) => [name, name === 'entry' ? 'id' : 'entry'] as const))
          await attacked.room.database.asAdmin(`delete from ledger_${table} where ${column} = $1`, [id]);
        return id;
      };

      it('from the queue alone: the sweep gives it its place', async () => {
        const id = await dropped(['pending']);
        await attacked.room.startSequencer();
        const found = await until(
          () => receipt(id),
          (made) => made !== null,
          5_000,
        );
        expect(verifyReceipt(found, attacked.tools())).toMatchObject({ status: 'consistent', key: 'known' });
      });

      it('with all that is known of it: whoever waits gets no receipt, and the next event of its asset shows the gap', async () => {
        const id = await dropped(['pending', 'about', 'entry']);
        await attacked.append();
        await attacked.runThrough();
        expect(await receipt(id)).toBeNull();
        expect(await attacked.first(await attacked.served())).toMatchObject({
          code: 'EVENT_MISSING',
          asset: attacked.assets[0],
          seq: 101,
        });
      });

      it('with its entry, but not from the queue: it holds nobody up, and whoever waits gets no receipt', async () => {
        const id = await dropped(['about', 'entry']);
        const later = await attacked.append();
        await attacked.room.startSequencer();
        await attacked.room.signed(attacked.context, SIZE + 1);
        expect(await receipt(id)).toBeNull();
        expect(await receipt(later)).not.toBeNull();
      });
    });
  });

  it('superuser restores an older backup: the signer refuses, an old checkpoint is larger', async () => {
    let backup: Backup | undefined;
    attacked = await AttackedRoom.open(async (room) => {
      backup = await Backup.take(room.database);
    });
    try {
      await backup?.restore();
      const served = await attacked.served();
      expect(await attacked.first(served)).toBeNull();
      expect(await attacked.first(served, { since: [attacked.kept.newest] })).toMatchObject({ code: 'OLD_CHECKPOINT_LARGER' });
      await attacked.append();
      expect((await attacked.refusal('CHECKPOINT_INCONSISTENT')).message).toMatch(
        /an older backup was restored, or the database was changed/,
      );
      rmSync(join(attacked.room.home, 'signer', 'logs'), { recursive: true }); // and with the signer's memory gone, too
      expect((await attacked.refusal('WITNESS_CONFLICT')).message).toMatch(/refuses the log/);
    } finally {
      await backup?.drop();
      await attacked.close();
    }
  });
});
