import { EntryRepository, GroupCommit, Ledger } from '@imprimatur/domain/ledger';
import { walkLog } from '@imprimatur/formats/ledger';
import { ed25519Verify, sha256 } from '@imprimatur/domain/ledger';
import { type AssetId, type Context, newId } from '@imprimatur/kernel';
import { caughtUp, pinnedKeys } from '../../support/ledger-losses';
import { LedgerRoom } from './ledger-room';

/** A verifier that walks a log expects an asset's events in the order of their seq: whoever overtakes makes an honest log look cut. */
describe('the events of an asset get their places in the order of their seq', () => {
  let room: LedgerRoom;
  let context: Context;
  beforeEach(async () => {
    room = await LedgerRoom.open();
    context = room.context();
  });
  afterEach(() => room.close());

  const event = (asset: AssetId) => ({ type: 'test.happened', about: [{ kind: 'asset', id: asset } as const], facts: {} });
  const append = (asset: AssetId): Promise<unknown> =>
    room.database.unitOfWork.write(context, (write) => room.ledger.append(write, event(asset)));
  /** A transaction that has written its entry and not ended; answers what ends it. */
  async function begun(asset: AssetId): Promise<() => Promise<unknown>> {
    let end: () => void = () => undefined;
    let ended: Promise<unknown> = Promise.resolve();
    await new Promise<void>((written) => {
      ended = room.database.unitOfWork.write(context, async (write) => {
        await room.ledger.append(write, event(asset));
        written();
        await new Promise<void>((go) => (end = go));
      });
    });
    return () => {
      end();
      return ended;
    };
  }
  async function findings(): Promise<readonly string[]> {
    await caughtUp(room);
    const source = (path: string) => room.database.unitOfWork.read(context, (read) => room.reader.file(read, path));
    const report = await walkLog({ source, sha256, ed25519Verify, logKeys: pinnedKeys(room.home) });
    return report.findings.map(({ words }) => words);
  }

  it('a stand-alone one does not overtake a transaction that it waited for', async () => {
    const sequencer = await room.startSequencer();
    const group = new GroupCommit(sequencer, room.sealing, room.database.unitOfWork);
    const asset = newId('asset');
    const end = await begun(asset);
    const waiting = group.append(context, event(asset));
    await room.database.asAdmin('select 1'); // the round has begun, and waits for the head
    await end();
    await waiting;
    expect(await findings()).toEqual([]);
  });

  it('a transaction does not overtake one whose position was given long before it ended', async () => {
    await room.startSequencer();
    for (let time = 0; time < 3; time += 1) {
      const asset = newId('asset');
      const end = await begun(asset);
      // as if thousands of others had written meanwhile
      await room.database.asAdmin(
        `select setval(pg_get_serial_sequence('ledger_entry', 'position'), nextval(pg_get_serial_sequence('ledger_entry', 'position')) + 10000)`,
      );
      await append(newId('asset'));
      await caughtUp(room);
      await end();
      await append(asset);
    }
    expect(await findings()).toEqual([]);
  });

  describe('a process believes to know where an asset stands, and', () => {
    const seqs = (asset: AssetId) =>
      room.database.asAdmin(`select seq::int as seq from ledger_about where about = '${asset}' order by position`);
    const from1To = (last: number) => Array.from({ length: last }, (_, at) => ({ seq: at + 1 }));
    const other = (): Ledger => new Ledger(new EntryRepository(), room.sealing);
    const by = (ledger: Ledger, asset: AssetId): Promise<unknown> =>
      room.database.unitOfWork.write(context, (write) => ledger.append(write, event(asset)));

    it('another one wrote to it meanwhile, in turns and at once', async () => {
      await room.startSequencer();
      const asset = newId('asset');
      const processes = [other(), other(), other()];
      for (let turn = 0; turn < 3; turn += 1) for (const ledger of processes) await by(ledger, asset);
      await Promise.all(Array.from({ length: 12 }, (_, at) => by(processes[at % 3] ?? other(), asset)));
      expect(await seqs(asset)).toEqual(from1To(21));
      expect(await findings()).toEqual([]);
    });

    it('what it wrote last was rolled back', async () => {
      await room.startSequencer();
      const asset = newId('asset');
      const rolledBack = (): Promise<unknown> =>
        room.database.unitOfWork
          .write(context, async (write) => {
            await room.ledger.append(write, event(asset));
            await room.ledger.append(write, event(asset));
            throw new Error('rolled back');
          })
          .catch(() => undefined);
      await rolledBack(); // the asset has no head, and the process knows one
      await append(asset);
      await rolledBack();
      await append(asset);
      expect(await seqs(asset)).toEqual(from1To(2));
      expect(await findings()).toEqual([]);
    });

    it('several entries, some about other assets too, follow each other in one transaction', async () => {
      await room.startSequencer();
      const [one, two] = [newId('asset'), newId('asset')];
      const both = { ...event(one), about: [one, two].map((id) => ({ kind: 'asset', id }) as const) };
      await room.database.unitOfWork.write(context, async (write) => {
        await room.ledger.append(write, event(one));
        await room.ledger.append(write, event(one));
        await room.ledger.append(write, both);
        await room.ledger.appendAll(write, [event(two), event(one)]);
        await room.ledger.append(write, event(two));
      });
      expect(await seqs(one)).toEqual(from1To(4));
      expect(await seqs(two)).toEqual(from1To(3));
      expect(await findings()).toEqual([]);
    });

    it('another tenant has an asset of the same id', async () => {
      const asset = newId('asset');
      await append(asset);
      await room.database.unitOfWork.write(room.context(), (write) => room.ledger.append(write, event(asset)));
      expect(await seqs(asset)).toEqual([{ seq: 1 }, { seq: 1 }]);
    });
  });
});
