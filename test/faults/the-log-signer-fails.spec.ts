import { join } from 'node:path';
import { GroupCommit } from '@imprimatur/domain/ledger';
import type { RemoteLogSigner } from '@imprimatur/domain/log-signer';
import { type Context, Fault } from '@imprimatur/kernel';
import { LedgerRoom } from '../integration/ledger/ledger-room';
import { RestoredRoom } from '../integration/ledger/restored-room';
import { LedgerLoad } from '../support/ledger-load';
import { caughtUp, lossesOf } from '../support/ledger-losses';
import { SignerProcess } from '../support/log-signer';
import { until } from '../support/service';

const IMPATIENT_MS = 1_500;

describe('the log signer, a process of its own, fails', () => {
  let room: LedgerRoom;
  let process: SignerProcess;
  let signer: RemoteLogSigner;
  let group: GroupCommit;
  let load: LedgerLoad;

  beforeEach(async () => {
    room = await LedgerRoom.open(12);
    process = await SignerProcess.start(room.home);
    signer = process.client(join(room.home, 'worker', 'logs.vkey'), IMPATIENT_MS);
    group = new GroupCommit(await room.startSequencer(signer), room.sealing, room.database.unitOfWork);
    load = new LedgerLoad(room);
  });
  afterEach(async () => {
    await load.stop();
    await room.stopSequencers();
    signer.release();
    process.signal('SIGCONT');
    await process.end('SIGTERM');
    await room.close();
  });

  const standalone = (context: Context, marker: string) => group.append(context, { type: 'test.happened', about: [], facts: { marker } });
  const codes = (): readonly string[] => room.faults.map((fault) => (fault instanceof Fault ? fault.code : String(fault)));
  const heard = (code: string) =>
    until(
      () => Promise.resolve(codes()),
      (all) => all.includes(code),
    );
  async function context(): Promise<Context> {
    const [first] = load.contexts;
    if (!first) throw new Error('a load has tenants');
    await until(
      () => standalone(first, 'before').catch(() => null),
      (answer) => answer !== null,
    );
    return first;
  }

  it('killed and started again under load: entries are taken in all the time, and signed when it is back', async () => {
    const first = await context();
    load.start();
    for (let time = 0; time < 3; time += 1) {
      await load.more(40);
      await process.end('SIGKILL');
      room.faults.length = 0;
      await load.more(40); // nobody who acts waits for a signature
      await heard('LOG_SIGNER_UNAVAILABLE');
      await expect(standalone(first, `while away ${time}`)).rejects.toMatchObject({ retryable: true });
      process = await process.again();
      await until(
        () => standalone(first, `back ${time}`).catch(() => null),
        (answer) => answer !== null,
      );
    }
    await load.stop();
    await caughtUp(room);
    expect(load.told.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(codes().filter((code) => !/^LOG_SIGNER_(UNAVAILABLE|TIMEOUT)$/.test(code))).toEqual([]);
    expect(await lossesOf(room, load.told)).toEqual([]);
  });

  it('hangs: entries are taken in, callers are told in time, and it goes on where it was', async () => {
    const first = await context();
    load.start();
    await load.more(20);
    process.signal('SIGSTOP');
    await heard('LOG_SIGNER_TIMEOUT');
    await load.more(60);
    await expect(standalone(first, 'while it hangs')).rejects.toMatchObject({ code: 'LOG_SIGNER_TIMEOUT', retryable: true });
    process.signal('SIGCONT');
    await until(
      () => standalone(first, 'after').catch(() => null),
      (answer) => answer !== null,
    );
    await load.stop();
    await caughtUp(room);
    expect(load.told.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(await lossesOf(room, load.told)).toEqual([]);
  });

  it('hangs while the sequencer stops: that ends all the same', async () => {
    await context();
    process.signal('SIGSTOP');
    const asset = load.assets[0];
    if (!asset || !load.contexts[0]) throw new Error('a load has assets');
    const event = { type: 'test.happened', about: [{ kind: 'asset', id: asset } as const], facts: {} };
    await room.database.unitOfWork.write(load.contexts[0], (write) => room.ledger.append(write, event));
    await room.stopSequencers();
    process.signal('SIGCONT');
    await room.startSequencer(signer);
    await caughtUp(room);
    expect(await lossesOf(room, [])).toEqual([]);
  });
});

describe('an older backup under a log signer of its own', () => {
  it('is noticed, and the logs go on under new origins by asking it', async () => {
    const restored = await RestoredRoom.open();
    const { room } = restored;
    const process = await SignerProcess.start(room.home);
    const signer = process.client(join(room.home, 'worker', 'logs.vkey'));
    try {
      const context = room.context();
      await room.startSequencer(signer);
      await restored.append(context, 2);
      await room.signed(context, 2);
      const backup = await restored.takeBackup();
      await room.startSequencer(signer);
      await restored.append(context, 2);
      await room.signed(context, 4);
      await room.stopSequencers();
      await backup.restore();

      await room.startSequencer(signer);
      await until(
        () => Promise.resolve(room.faults.map((fault) => (fault as Fault).code)),
        (codes) => codes.includes('CHECKPOINT_INCONSISTENT'),
      );
      await room.stopSequencers();
      const succession = restored.succession(room.sealing, signer);
      expect((await succession.examine()).logs).toMatchObject([{ state: 'smaller', signed: { size: 4 }, keptSize: 2 }]);
      const done = await succession.succeed({ reason: 'the disk died', memoryLost: false });
      expect(await signer.successorsOf(done?.installation ?? '')).toEqual([done?.successor]);
      await room.startSequencer(signer);
      await room.signed(context, 3);
      expect((await restored.log(context)).origin).toContain(done?.successor);
    } finally {
      await room.stopSequencers();
      signer.release();
      await process.end('SIGTERM');
      await restored.close();
    }
  });
});
