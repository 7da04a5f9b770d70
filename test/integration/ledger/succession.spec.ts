import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@imprimatur/domain/ledger';
import { installationOrigin } from '@imprimatur/formats/ledger';
import { parseCheckpoint, verifyConsistency } from '@imprimatur/formats/merkle';
import { type Context, type Fault, fromBase64Url, newId } from '@imprimatur/kernel';
import type { LedgerRoom } from './ledger-room';
import { RestoredRoom } from './restored-room';

describe('after an older backup was restored', () => {
  let restored: RestoredRoom;
  let room: LedgerRoom;
  beforeEach(async () => {
    restored = await RestoredRoom.open();
    room = restored.room;
  });
  afterEach(() => restored.close());

  it('the signer refuses and says where help is, entries are taken in, and the log goes on under a new origin that says what is missing', async () => {
    const context = room.context();
    const [before] = await restored.sign(context, 3, 3);
    const backup = await restored.takeBackup();
    const [, lost] = await restored.sign(context, 4, 7);
    const lostReceipt = await restored.receipt(context, lost);
    const old = await restored.log(context);
    await backup.restore();

    await room.startSequencer();
    const report = {
      code: 'CHECKPOINT_INCONSISTENT',
      message: expect.stringMatching(/\/t\/.* of size [34] .* size 7 .*docs\/operating\/backup-restore\.md/) as string,
    };
    expect(room.faults).toMatchObject([report]); // at once
    const [after] = await restored.append(context);
    await restored.integrated(context, 4);
    await room.stopSequencers();
    expect(room.faults.splice(0)).toMatchObject([report, report]);
    expect(await restored.log(context)).toMatchObject({ origin: old.origin, size: 4, checkpoint: { size: 3 } });

    expect(await restored.succeed()).toMatchObject({ logs: [{ state: 'smaller' }] });
    await room.startSequencer();
    await room.signed(context, 5);
    const now = await restored.log(context);
    expect(installationOrigin(now.origin)).not.toBe(installationOrigin(old.origin));
    const [event, ...more] = await restored.told(context);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      index: 4,
      facts: {
        oldOrigin: old.origin,
        newOrigin: now.origin,
        oldSizeSigned: 7,
        restoredSize: 4,
        restoredSizeSigned: 3,
        lostAtLeast: 3,
        lostAtMost: 4,
        memory: 'kept',
        logZero: null,
      },
    });
    const reason = await room.database.unitOfWork.read(context, (read) =>
      room.reader.openPart(read, event?.id ?? newId('entry'), 'reason'),
    );
    expect(Buffer.from(reason?.bytes ?? []).toString('utf8')).toBe('the disk died');

    // what was restored, what came since and the event itself verify under the new origin; what was lost under the old one
    for (const id of [before, after, event?.id])
      expect(restored.verify(await restored.receipt(context, id ?? newId('entry')))).toMatchObject({
        status: 'consistent',
        origin: now.origin,
        key: 'known',
      });
    expect(restored.verify(lostReceipt)).toMatchObject({ status: 'consistent', origin: old.origin, key: 'known', index: 4 });
    const head = parseCheckpoint(now.checkpoint?.note ?? '');
    const proof = await room.database.unitOfWork.read(context, (read) => room.reader.consistency(read, 4, 5));
    const grown = {
      oldSize: 4,
      oldRoot: fromBase64Url(event?.facts.restoredRoot ?? ''),
      size: 5,
      root: head?.root ?? new Uint8Array(),
      proof,
    };
    expect(verifyConsistency(sha256, grown)).toBe(true);
    expect(room.faults).toEqual([]);
  });

  it('every log is told by its own state: untouched, cut, another tree, gone as a whole', async () => {
    const [quiet, cut, regrown, absent] = [room.context(), room.context(), room.context(), room.context()];
    await restored.sign(quiet, 2, 2);
    await restored.sign(cut, 3, 3);
    await restored.sign(regrown, 2, 2);
    const backup = await restored.takeBackup();
    await restored.sign(cut, 2, 5);
    await restored.sign(regrown, 1, 3);
    await restored.sign(absent, 2, 2);
    await backup.restore();
    await room.startSequencer();
    await restored.append(regrown, 2);
    await restored.integrated(regrown, 4);
    await room.stopSequencers();
    room.faults.splice(0);

    expect((await restored.succession().examine()).isNeeded).toBe(true);
    expect(await restored.told(cut)).toEqual([]);
    await restored.succeed();
    expect(await restored.facts(quiet)).toMatchObject([{ oldSizeSigned: 2, restoredSize: 2, lostAtLeast: 0, lostAtMost: 0 }]);
    expect(await restored.facts(cut)).toMatchObject([{ oldSizeSigned: 5, restoredSize: 3, lostAtLeast: 2, lostAtMost: 2 }]);
    expect(await restored.facts(regrown)).toMatchObject([
      { oldSizeSigned: 3, restoredSize: 4, restoredSizeSigned: 2, lostAtLeast: 1, lostAtMost: 1 },
    ]);
    expect(await restored.facts(absent)).toMatchObject([{ oldSizeSigned: 2, restoredSize: 0, lostAtLeast: 2, lostAtMost: 2 }]);
    // all under one installation, and a tenant of later, too
    const later = room.context();
    await room.startSequencer();
    await restored.append(later);
    for (const [context, size] of [
      [quiet, 3],
      [cut, 4],
      [regrown, 5],
      [absent, 1],
      [later, 1],
    ] as const)
      await room.signed(context, size);
    const installations = await Promise.all(
      [quiet, cut, regrown, absent, later].map(async (each) => installationOrigin((await restored.log(each)).origin)),
    );
    expect(new Set(installations).size).toBe(1);
    expect(room.faults).toEqual([]);
  });

  it('nothing is done while nothing is missing, or while a worker writes', async () => {
    const context = room.context();
    await restored.sign(context, 2, 2);
    const before = await restored.state();
    expect(await restored.succession().examine()).toMatchObject({ isNeeded: false, logs: [{ state: 'grows' }] });
    expect(await restored.succeed()).toBeNull();
    await room.startSequencer();
    await expect(restored.succeed(true)).rejects.toMatchObject({ code: 'LOG_IN_USE' });
    await room.stopSequencers();
    expect(await restored.state()).toEqual(before);
  });

  it('killed in the middle it did nothing; killed right after its commit the sequencer ends it; twice at once it happens once', async () => {
    const context = room.context();
    await restored.sign(context, 2, 2);
    const backup = await restored.takeBackup();
    await restored.sign(context, 1, 3);
    const { origin } = await restored.log(context);
    await backup.restore();
    const before = await restored.state();
    const killing = new Proxy(room.sealing, {
      get: (target, name, receiver) =>
        name !== 'newTenantDataKey'
          ? (Reflect.get(target, name, receiver) as unknown)
          : async (tenant: Context['tenant']) => {
              await room.database.asAdmin(
                `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'imprimatur-succession'`,
              );
              return target.newTenantDataKey(tenant);
            },
    });
    await expect(restored.succession(killing).succeed({ reason: 'one', memoryLost: false })).rejects.toThrow();
    expect(await restored.state()).toEqual(before);

    const dying = room.signer();
    dying.pin = () => {
      throw new Error('killed');
    };
    const first = restored.succession(room.sealing, dying).succeed({ reason: 'two', memoryLost: false });
    const both = await Promise.allSettled([first, restored.succeed()]);
    expect(both.map(({ status }) => status)).toContain('rejected');
    expect(await restored.told(context)).toHaveLength(1);
    expect(await restored.succeed()).toBeNull();
    await room.startSequencer();
    await room.signed(context, 3);
    const now = await restored.log(context);
    expect(restored.verify(await restored.receipt(context, (await restored.told(context))[0]?.id ?? newId('entry')))).toMatchObject({
      key: 'known',
      origin: now.origin,
    });
    expect(await room.signer().successorsOf(installationOrigin(origin) ?? '')).toEqual([installationOrigin(now.origin)]);
  });

  it('a former origin is never signed again, also by a backup that grows out of all that it signed', async () => {
    const context = room.context();
    await restored.sign(context, 2, 2);
    const backup = await restored.takeBackup();
    const first = await restored.log(context);
    await restored.succeed(true); // as after the loss of the whole machine
    expect(await restored.facts(context)).toMatchObject([{ memory: 'lost', lostAtLeast: 0, lostAtMost: null }]);
    await restored.sign(context, 2, 5);
    const second = await restored.log(context);

    await backup.restore();
    await room.startSequencer();
    await restored.append(context);
    await restored.integrated(context, 3);
    await room.stopSequencers();
    expect(new Set(room.faults.splice(0).map((fault) => (fault as Fault).code))).toEqual(new Set(['CHECKPOINT_INCONSISTENT']));
    expect(await restored.log(context)).toMatchObject({ origin: first.origin, checkpoint: { size: 2 } });
    expect(await restored.succeed()).toMatchObject({ logs: [{ state: 'smaller' }] });
    // what is missing is told of the origin that signed last
    expect(await restored.facts(context)).toMatchObject([{ oldOrigin: second.origin, oldSizeSigned: 5, restoredSize: 3, lostAtLeast: 2 }]);
    await restored.sign(context, 1, 5);
    expect(await restored.succession().examine()).toMatchObject({ isNeeded: false });
    expect(room.faults).toEqual([]);
  });

  it('a signer whose memory is older than the database is found out', async () => {
    const context = room.context();
    await restored.sign(context, 2, 2);
    const { origin } = await restored.log(context);
    const file = join(room.home, 'signer', 'logs', `${hash('sha256', origin)}.json`);
    const older = readFileSync(file);
    await restored.sign(context, 2, 4);
    writeFileSync(file, older);
    expect(await restored.succession().examine()).toMatchObject({ isNeeded: true, isMemoryOlder: true });
    await restored.succeed();
    expect(await restored.facts(context)).toMatchObject([
      { memory: 'lost', oldSizeSigned: 4, restoredSize: 4, lostAtLeast: 0, lostAtMost: null },
    ]);
  });

  it('a database that was changed is no older backup', async () => {
    const context = room.context();
    await restored.sign(context, 3, 3);
    await room.database.asAdmin(`alter table ledger_leaf disable trigger all`);
    await room.database.asAdmin(`update ledger_leaf set leaf_hash = sha256('other') where tenant = $1 and index = 1`, [context.tenant]);
    await expect(restored.succeed(true)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });

  it('the command shows what it found, asks, and answers what it did', async () => {
    const context = room.context();
    await restored.sign(context, 2, 2);
    const backup = await restored.takeBackup();
    await restored.sign(context, 3, 5);
    await backup.restore();
    const command = (...args: string[]) =>
      spawnSync(process.execPath, [join(__dirname, '../../../dist/apps/worker/src/succeed.js'), ...args], {
        encoding: 'utf8',
        env: {
          ...process.env,
          IMPRIMATUR_HOME: room.home,
          IMPRIMATUR_LOG_NAME: 'imprimatur.test',
          DATABASE_SEQUENCER_URL: room.database.sequencerUrl,
        },
      });
    expect(command('--yes')).toMatchObject({ status: 2 });
    const asked = command('--reason', 'disk');
    expect(asked).toMatchObject({ status: 2, stderr: expect.stringContaining('say --yes') as string });
    expect(asked.stdout).toContain(`${context.tenant}: signed 5, here 2 (2 of them as signed): smaller`);
    expect(await restored.told(context)).toEqual([]);
    const done = command('--reason', 'disk', '--yes', '--json');
    expect(done).toMatchObject({ status: 0, stderr: '' });
    const [fact] = await restored.facts(context);
    expect(JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      outcome: 'succeeded',
      installation: installationOrigin(fact?.oldOrigin ?? ''),
      successor: installationOrigin(fact?.newOrigin ?? ''),
      logs: 1,
    });
    expect(command('--reason', 'disk', '--yes')).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to do') as string });
    await room.startSequencer();
    expect(command('--reason', 'disk', '--yes')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('a worker writes the log now') as string,
    });
  });
});
