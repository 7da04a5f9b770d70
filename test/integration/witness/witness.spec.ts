import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCheckpoint, parseSignatureLines, parseWitnessVkey, verifyCosignature } from '@imprimatur/formats/merkle';
import { ed25519Verify, sha256 } from '@imprimatur/domain/ledger';
import { BIN, WitnessProcess } from '../../support/witness';
import { entriesOf, LogOfTest } from './log.of-test';

describe('a witness', () => {
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-witness-'));
  const folder = join(home, 'a');
  let log: LogOfTest;
  let witness: WitnessProcess;
  let count = 0;

  beforeAll(async () => {
    witness = await WitnessProcess.start(
      folder,
      Array.from({ length: 9 }, (_, at) => (logs[at] = new LogOfTest(`log.example/${at}`)).vkey),
    );
  });
  afterAll(async () => {
    await witness.end('SIGTERM');
    rmSync(home, { recursive: true });
  });
  const logs: LogOfTest[] = [];
  beforeEach(() => {
    const next = logs[count];
    if (!next) throw new Error('more tests than logs');
    log = next;
    count += 1;
  });

  it('cosigns what grows, and the cosignature verifies under its printed key', async () => {
    const vkey = (await (await fetch(`${witness.url}/witness.vkey`)).text()).trim();
    const key = parseWitnessVkey(sha256, vkey);
    for (const [oldSize, size] of [
      [0, 1],
      [1, 1],
      [1, 7],
      [7, 300],
    ] as const) {
      const body = log.request(entriesOf(size), oldSize);
      const answer = await witness.add(body);
      expect(answer.status).toBe(200);
      const checkpoint = parseCheckpoint(body.slice(body.indexOf('\n\n') + 2) + answer.body);
      expect(checkpoint && key && verifyCosignature(checkpoint, key, ed25519Verify)?.time).toBeGreaterThan(1_700_000_000);
    }
  });

  it('refuses who rolls back, forks, forges or guesses, and says what it remembers', async () => {
    expect((await witness.add(log.request(entriesOf(10), 0))).status).toBe(200);
    const refused: readonly [string, string, number][] = [
      ['a rollback', log.request(entriesOf(5), 0), 409],
      ['a rollback, asked from its own size', log.request(entriesOf(5), 10), 400],
      ['a fork of the same size', log.request(entriesOf(10, 'other', 9), 10), 409],
      ['a fork that went on', log.request(entriesOf(12, 'other', 9), 10), 422],
      ['a wrong proof', log.request(entriesOf(12), 10, { proof: [] }), 422],
      ['a proof for a first look', log.request(entriesOf(12), 0, { proof: [sha256(Buffer.from('x'))] }), 409],
      ['another key', new LogOfTest(log.origin).request(entriesOf(12), 10), 403],
      ['an unknown log', new LogOfTest('stranger.example').request(entriesOf(1), 0), 404],
      ['no request', 'hello', 400],
    ];
    for (const [what, body, status] of refused) expect([what, (await witness.add(body)).status]).toEqual([what, status]);
    expect(await witness.add(log.request(entriesOf(12), 3))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '10\n' });
    expect((await witness.add(log.request(entriesOf(12), 10))).status).toBe(200);
  });

  it('cosigns one of two branches that are handed in at once', async () => {
    expect((await witness.add(log.request(entriesOf(4), 0))).status).toBe(200);
    const branches = Array.from({ length: 20 }, (_, at) => log.request(entriesOf(5, `branch ${at}`, 4), 4));
    const answers = await Promise.all(branches.map((body) => witness.add(body)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it('remembers after kill -9', async () => {
    expect((await witness.add(log.request(entriesOf(6), 0))).status).toBe(200);
    await witness.end('SIGKILL');
    witness = await WitnessProcess.start(
      folder,
      logs.map(({ vkey }) => vkey),
    );
    expect((await witness.add(log.request(entriesOf(6, 'other', 3), 6))).status).toBe(409);
    expect((await witness.add(log.request(entriesOf(8), 6))).status).toBe(200);
  });

  it('is not started twice on one memory', () => {
    const args = ['ledger', 'witness', 'serve', '--name', 'w.example/1', '--folder', folder, '--port', '0', '--log', log.vkey];
    const second = spawnSync(BIN, args, { encoding: 'utf8' });
    expect(second.status).toBe(2);
    expect(second.stderr).toMatch(/serves this folder already/);
  });

  it('cosigns nothing when its memory is broken: it does not begin anew', async () => {
    expect((await witness.add(log.request(entriesOf(2), 0))).status).toBe(200);
    const memory = join(folder, 'logs');
    const kept = readdirSync(memory);
    for (const file of kept) writeFileSync(join(memory, file), '{}');
    expect((await witness.add(log.request(entriesOf(3), 2))).status).toBe(500);
    for (const file of kept) rmSync(join(memory, file));
  });

  it('signs with both keys during a rotation', async () => {
    await witness.end('SIGTERM');
    const rotated = spawnSync(BIN, ['ledger', 'witness', 'rotate', '--name', 'w.example/1', '--folder', folder], { encoding: 'utf8' });
    const vkeys = rotated.stdout.trim().split('\n');
    expect(vkeys).toHaveLength(2);
    witness = await WitnessProcess.start(
      folder,
      logs.map(({ vkey }) => vkey),
    );
    const body = log.request(entriesOf(3), 0);
    const answer = await witness.add(body);
    expect(parseSignatureLines(answer.body)).toHaveLength(2);
    const checkpoint = parseCheckpoint(body.slice(body.indexOf('\n\n') + 2) + answer.body);
    for (const vkey of vkeys) {
      const key = parseWitnessVkey(sha256, vkey);
      expect(key && checkpoint && verifyCosignature(checkpoint, key, ed25519Verify)).not.toBeNull();
    }
  });
});
