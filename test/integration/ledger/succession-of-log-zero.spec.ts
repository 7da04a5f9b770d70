import { LOG_ZERO } from '@imprimatur/domain/ledger';
import { installationOrigin, type Receipt } from '@imprimatur/formats/ledger';
import { parseCheckpoint } from '@imprimatur/formats/merkle';
import type { Context, EntryId } from '@imprimatur/kernel';
import { TestTsa } from '../../support/tsa';
import { found } from './ledger-room';
import { RestoredRoom } from './restored-room';

describe('log 0 after an older backup was restored', () => {
  let restored: RestoredRoom;
  let tsa: TestTsa;
  beforeAll(async () => {
    restored = await RestoredRoom.open();
    tsa = await TestTsa.open();
  });
  afterAll(async () => {
    await restored.close();
    tsa.close();
  });

  const anchored = (context: Context, id: EntryId | undefined): Promise<Receipt> =>
    found(async () => {
      const receipt = await restored.receipt(context, id);
      return receipt.anchors.length > 0 ? receipt : null;
    }, 'an anchored receipt');
  const anchorsOf = ({ tenant }: Context) => restored.room.database.asAdmin('select 1 from ledger_anchor where tenant = $1', [tenant]);

  it('goes on beside the others, and no anchor leads from one origin to the log 0 of another', async () => {
    const { room } = restored;
    const [context, other] = [room.context(), room.context()];
    const anchoring = room.startAnchoring();
    await room.startSequencer();
    const [early] = await restored.append(context);
    const before = await anchored(context, early);
    await anchoring.stop();
    await room.stopSequencers();
    // this one becomes an entry of log 0, but the old log 0 never signs a tree with it
    const [late] = await restored.sign(other, 1, 1);
    const recording = room.startAnchoring();
    await found(async () => ((await anchorsOf(other)).length > 0 ? true : null), 'an entry of log 0');
    await recording.stop();
    const backup = await restored.takeBackup();
    await restored.sign(context, 1, 2);
    await backup.restore();
    await restored.succeed();
    const [event] = await restored.told(context);
    expect(event?.facts.logZero).toMatchObject({ oldOrigin: parseCheckpoint(logZeroNote(before))?.origin, lostAtLeast: 1 });

    // the new log 0 is stamped, which makes it the stronger one where both could be taken
    room.startAnchoring({ tsaUrl: tsa.url });
    await room.startSequencer();
    const stamped = await found(async () => {
      const receipt = await anchored(context, event?.id);
      return receipt.anchors.length > 1 ? receipt : null;
    }, 'a stamped receipt');
    const again = await anchored(context, early);
    expect(again.checkpoint).toBe(before.checkpoint); // the earliest, which bounds the time best
    expect(parseCheckpoint(stamped.checkpoint)?.origin).toBe(event?.facts.newOrigin);
    for (const receipt of [before, again, stamped, await anchored(other, late)])
      expect(restored.verify(receipt)).toMatchObject({ status: 'consistent', key: 'known', anchors: { logZero: { key: 'known' } } });
    const [logZero] = await room.database.asAdmin<{ origin: string }>('select origin from ledger_log where tenant = $1', [LOG_ZERO]);
    expect(logZero?.origin).toBe(`${installationOrigin(event?.facts.newOrigin ?? '')}/0`);
    expect(room.faults).toEqual([]);
  });
});

function logZeroNote({ anchors: [first] }: Receipt): string {
  return (first as { checkpoint?: string } | undefined)?.checkpoint ?? '';
}
