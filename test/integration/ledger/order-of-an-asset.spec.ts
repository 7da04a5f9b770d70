import { GroupCommit } from '@imprimatur/domain/ledger';
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
});
