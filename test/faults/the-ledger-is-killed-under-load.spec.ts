import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GroupCommit } from '@imprimatur/domain/ledger';
import { LedgerRoom } from '../integration/ledger/ledger-room';
import { LedgerLoad } from '../support/ledger-load';
import { caughtUp, lossesOf, type Told } from '../support/ledger-losses';
import { OwnCluster } from '../support/own-cluster';

const KILLS = [1, 2, 3, 4, 5];
const SCRIPT = join(__dirname, '../support/sequencer.cjs');

/** Kills come at random moments of the work: after so many entries more, and a little later. */
async function atSomeMoment(load: LedgerLoad): Promise<void> {
  await load.more(randomInt(20, 120));
  await new Promise((resolve) => setTimeout(resolve, randomInt(0, 25)));
}

describe('killed under load, the ledger loses nothing', () => {
  describe('the process of the sequencer', () => {
    let room: LedgerRoom;
    let load: LedgerLoad;
    const standalone: Told[] = [];
    beforeAll(async () => {
      room = await LedgerRoom.open(12);
      load = new LedgerLoad(room);
      load.start();
    });
    afterAll(async () => {
      await load.stop();
      await room.close();
    });

    async function startChild(name: string): Promise<ChildProcess> {
      const child = fork(SCRIPT, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const ready = new Promise<void>((resolve, reject) => {
        child.once('exit', (code) => reject(new Error(`the sequencer ended with ${code}`)));
        child.on('message', (said: { ready?: true } | { fault: string } | Told) => {
          if ('ready' in said) resolve();
          else if ('marker' in said) standalone.push(said);
        });
      });
      const { sequencerUrl: url } = room.database;
      child.send({ url, home: room.home, tenant: load.contexts[0]?.tenant, name, callers: 4 });
      await ready;
      return child;
    }
    const integrated = async (): Promise<number> =>
      (await room.database.asAdmin<{ count: number }>('select count(*)::int as count from ledger_leaf'))[0]?.count ?? 0;

    it.each(KILLS)('kill -9, time %i', async (time) => {
      const before = await integrated();
      const child = await startChild(`kill ${time}`);
      await atSomeMoment(load);
      const gone = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
      child.kill('SIGKILL');
      expect(await gone).toBe('SIGKILL');
      expect(await integrated()).toBeGreaterThan(before); // it was at work
    });

    it('every entry is in its tree once, under a checkpoint, and nobody was told wrong', async () => {
      await load.stop();
      await room.startSequencer();
      await caughtUp(room);
      expect(standalone.some(({ outcome }) => outcome === 'done')).toBe(true);
      expect(load.told.filter(({ outcome }) => outcome === 'failed')).toEqual([]); // writers need no sequencer
      expect(await lossesOf(room, [...load.told, ...standalone])).toEqual([]);
      expect(room.faults).toEqual([]);
    });
  });

  describe('PostgreSQL, with every commit on disk', () => {
    let cluster: OwnCluster;
    let room: LedgerRoom;
    const home = mkdtempSync(join(tmpdir(), 'imprimatur-killed-'));
    beforeAll(async () => {
      cluster = await OwnCluster.start();
      room = LedgerRoom.on(cluster.database, home);
    });
    afterAll(async () => {
      await room?.stopSequencers();
      await cluster?.close();
      rmSync(home, { recursive: true, force: true });
    });

    it('kill -9, twice: the writers, the sequencer and its callers come back by themselves', async () => {
      expect(cluster.isDurable).toBe(true);
      const sequencer = await room.startSequencer();
      const load = new LedgerLoad(room);
      const callers = new StandaloneCallers(new GroupCommit(sequencer, room.sealing, room.database.unitOfWork), load);
      load.start();
      callers.start();
      for (let kill = 0; kill < 2; kill += 1) {
        await atSomeMoment(load);
        await cluster.kill();
        await cluster.restart();
      }
      await load.more(50);
      await callers.stop();
      await load.stop();
      await caughtUp(room);
      const told = [...load.told, ...callers.told];
      for (const outcome of ['done', 'failed']) expect(told.filter((each) => each.outcome === outcome).length).toBeGreaterThan(0);
      expect(callers.told.some(({ index }) => index !== undefined)).toBe(true);
      expect(await lossesOf(room, told)).toEqual([]);
    });
  });

  describe('two sequencers at once', () => {
    let room: LedgerRoom;
    beforeAll(async () => (room = await LedgerRoom.open(12)));
    afterAll(() => room.close());

    /** As if the network between the leader and the database broke: both may believe that they lead. */
    const takeLock = (): Promise<unknown> =>
      room.database.asAdmin(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 4711003
            and database = (select oid from pg_database where datname = current_database())`,
      );

    it('hand over again and again, and a third takes over when the first is stopped', async () => {
      const first = await room.startSequencer();
      const second = await room.startSequencer();
      const load = new LedgerLoad(room);
      const callers = [first, second].map((sequencer, at) => {
        return new StandaloneCallers(new GroupCommit(sequencer, room.sealing, room.database.unitOfWork), load, `sequencer ${at}`);
      });
      load.start();
      callers.forEach((each) => each.start());
      for (let time = 0; time < 5; time += 1) {
        await atSomeMoment(load);
        await takeLock();
      }
      await atSomeMoment(load);
      await first.stop();
      await room.startSequencer();
      await takeLock();
      await atSomeMoment(load);
      for (const each of callers) await each.stop();
      await load.stop();
      await caughtUp(room);
      const told = [...load.told, ...callers.flatMap((each) => each.told)];
      expect(load.told.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      expect(callers.some((each) => each.told.some(({ outcome }) => outcome === 'done'))).toBe(true);
      expect(await lossesOf(room, told)).toEqual([]);
    });
  });
});

/** Callers who wait until their entry is integrated and signed. */
class StandaloneCallers {
  readonly told: Told[] = [];
  private readonly running: Promise<void>[] = [];
  private stopped = false;

  constructor(
    private readonly group: GroupCommit,
    private readonly load: LedgerLoad,
    private readonly name = 'stand-alone',
  ) {}

  start(callers = 3): void {
    for (let caller = 0; caller < callers; caller += 1) this.running.push(this.call(caller));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async call(caller: number): Promise<void> {
    const [context] = this.load.contexts;
    for (let n = 0; context && !this.stopped; n += 1) {
      const marker = `${this.name}/${caller}/${n}`;
      try {
        const { index } = await this.group.append(context, { type: 'test.happened', about: [], facts: { marker } });
        this.told.push({ marker, outcome: 'done', index });
      } catch {
        this.told.push({ marker, outcome: 'failed' });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}
