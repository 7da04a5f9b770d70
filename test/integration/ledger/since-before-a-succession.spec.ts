import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '@imprimatur/kernel';
import { RestoredRoom } from './restored-room';

const BIN = join(__dirname, '../../../bin/imprimatur');

/** What was restored, and what had been signed by then. */
const RESTORED = 3;
const SIGNED = 7;

describe('ledger verify --since a checkpoint from before a succession', () => {
  let restored: RestoredRoom;
  let context: Context;
  let work: string;
  const at = (name: string): string => join(work, name);
  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'imprimatur-since-'));
    restored = await RestoredRoom.open();
    context = restored.room.context();
    await restored.sign(context, RESTORED, RESTORED);
    await keep('restored');
    const backup = await restored.takeBackup();
    await restored.sign(context, 2, 5);
    await keep('between');
    await restored.sign(context, 2, SIGNED);
    await keep('newest');
    await backup.restore();
    await restored.succeed();
    await restored.sign(context, 1, 5);
    await keep('first-succession');
    await exportTo('once');
    // once more, from a backup that has the first succession
    const second = await restored.takeBackup();
    await restored.sign(context, 1, 6);
    await second.restore();
    await restored.succeed();
    await restored.sign(context, 1, 7);
    await exportTo('twice');
  }, 120_000);
  afterAll(async () => {
    await restored.close();
    rmSync(work, { recursive: true, force: true });
  });

  /** The newest checkpoint, as somebody else would have kept it. */
  async function keep(name: string): Promise<void> {
    writeFileSync(at(name), (await restored.log(context)).checkpoint?.note ?? '');
  }

  /** The whole log, in C2SP layout, as its readers get it. */
  async function exportTo(folder: string): Promise<void> {
    const { database, reader } = restored.room;
    await database.unitOfWork.read(context, async (read) => {
      for (const path of await reader.paths(read)) {
        mkdirSync(dirname(at(`${folder}/${path}`)), { recursive: true });
        writeFileSync(at(`${folder}/${path}`), (await reader.file(read, path)) ?? '');
      }
    });
  }

  function verify(folder: string, ...since: readonly string[]): SpawnSyncReturns<string> {
    const keys = ['--log-key', join(restored.room.home, 'trust', 'logs.vkey')];
    return run(folder, keys, since);
  }
  function run(folder: string, keys: readonly string[], since: readonly string[]): SpawnSyncReturns<string> {
    const old = since.flatMap((file) => ['--since', file]);
    const env = { ...process.env, IMPRIMATUR_HOME: at('home'), NO_COLOR: '1', NODE_OPTIONS: '' };
    return spawnSync(process.execPath, [BIN, 'ledger', 'verify', folder, '--json', ...keys, ...old], { encoding: 'utf8', cwd: work, env });
  }
  const answerOf = ({ stdout }: SpawnSyncReturns<string>): Record<string, unknown> =>
    JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

  /** A checkpoint that nobody signed: only who did not pin the old log's key reads it. */
  function forged(from: string, size: number, root: string): string {
    const [origin, , , ...rest] = readFileSync(at(from), 'utf8').split('\n');
    const name = `forged-${size}`;
    writeFileSync(at(name), [origin, size, root, ...rest].join('\n'));
    return name;
  }

  it.each([
    ['once', 'restored'],
    ['twice', 'restored'],
    ['twice', 'first-succession'],
  ])('in the log that was succeeded %s: the one of what was %s holds, as if the origin were the same', (folder, since) => {
    const done = verify(folder, since);
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(answerOf(done)).toMatchObject({
      outcome: 'good',
      inherited: [{ file: since, status: 'consistent' }],
      notes: expect.arrayContaining([expect.stringContaining('across a succession')]) as unknown,
    });
  });

  it.each([
    ['once', 'between', 'Entries 3 to 4,'],
    ['once', 'newest', 'Entries 3 to 6,'],
    ['twice', 'newest', 'Entries 3 to 6,'],
  ])(
    'in the log that was succeeded %s: the %s covers what is announced as lost, and neither passes nor is called a lie',
    (folder, since, words) => {
      const done = verify(folder, since, 'restored');
      expect(done).toMatchObject({ status: 2, stderr: '' });
      const answer = answerOf(done);
      expect(answer).toMatchObject({ outcome: 'unknown', findings: [], inherited: [{ status: 'lost' }, { status: 'consistent' }] });
      expect(answer.words).toContain('announces that 4 of the 7 signed entries are not here');
      expect(answer.words).toContain(words);
    },
  );

  it.each([
    ['of more entries than are said to have been signed', 'newest', SIGNED + 2, 'more was lost than is said'],
    ['of as many entries, with another root', 'newest', SIGNED, 'the old log was forked'],
    ['of what was restored, with another root', 'restored', RESTORED, 'and they are not'],
    ['of fewer, with another root', 'restored', RESTORED - 1, 'and they are not'],
  ])('one %s shows that the announcement is not true', (_name, from, size, words) => {
    const since = forged(from, size, Buffer.alloc(32, 1).toString('base64'));
    const done = run('once', ['--log-key', at('once/log.vkey')], [since]);
    expect(done).toMatchObject({ status: 1, stderr: '' });
    expect(answerOf(done)).toMatchObject({ outcome: 'bad', inherited: [{ status: 'contradicted' }] });
    expect(answerOf(done).words).toContain(words);
  });

  it('is refused where no entry announces that its log was succeeded', async () => {
    const other = restored.room.context();
    await restored.sign(other, 1, 1);
    writeFileSync(at('stranger'), (await restored.log(other)).checkpoint?.note ?? '');
    const done = verify('once', 'stranger');
    expect(done).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nothing in this one says that it succeeded that') as unknown,
    });
  });
});
