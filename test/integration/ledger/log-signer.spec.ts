import { type ChildProcess, execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ed25519Verify, sha256 } from '@imprimatur/domain/ledger';
import { LocalLogSigner, type RemoteLogSigner, StatefulSigner } from '@imprimatur/domain/log-signer';
import { isSignedBy, parseCheckpoint, parseVkey } from '@imprimatur/formats/merkle';
import { toBase64 } from '@imprimatur/kernel';
import { SignerProcess, signedBy, TreeOfTest } from '../../support/log-signer';
import { until } from '../../support/service';
import { BIN } from '../../support/witness';
import { entriesOf } from '../witness/log.of-test';

describe('the log signer as a process', () => {
  const room = mkdtempSync(join(tmpdir(), 'imprimatur-signer-'));
  const home = join(room, 'its');
  const trust = join(room, 'mine', 'trust', 'logs.vkey');
  const folder = join(home, 'signer');
  let signer: SignerProcess;
  let client: RemoteLogSigner;
  let count = 0;
  let origin: string;

  beforeAll(async () => {
    signer = await SignerProcess.start(home);
    client = signer.client(trust);
  });
  afterAll(async () => {
    client.release();
    await signer.end('SIGTERM');
    rmSync(room, { recursive: true });
  });
  beforeEach(() => {
    count += 1;
    origin = `log.example/${count}/t/tenant`;
  });

  const tree = (size: number, branch = 'main', forkAt = 0): TreeOfTest => new TreeOfTest(origin, entriesOf(size, branch, forkAt));
  const remembered = (): number | undefined => new StatefulSigner(folder, join(home, 'trust', 'logs.vkey')).standing(origin).last?.size;

  it('signs what grows, under the key that it pins on both sides and shows to nobody', async () => {
    const { current } = (await client.pin([origin])).get(origin) ?? { current: '' };
    const key = parseVkey(sha256, current);
    for (const size of [1, 1, 7, 300]) {
      const note = parseCheckpoint(await signedBy(client, tree(size)));
      expect(note?.size).toBe(size);
      expect(note && key && isSignedBy(note, key, ed25519Verify)).toBe(true);
    }
    expect(readFileSync(trust, 'utf8')).toBe(`${current}\n`);
    expect(readFileSync(join(home, 'trust', 'logs.vkey'), 'utf8')).toBe(`${current}\n`);
    expect(readdirSync(join(room, 'mine'), { recursive: true })).not.toContain('signer');
    expect(await client.hasSigned(await signedBy(client, tree(300)))).toBe(true);
  });

  it.each<[string, (prove: TreeOfTest) => TreeOfTest | Pick<TreeOfTest, 'checkpoint' | 'prove'>]>([
    ['a rollback', () => tree(5)],
    ['a fork of the same size', () => tree(10, 'other', 9)],
    ['a fork that went on', () => tree(12, 'other', 9)],
    ['a wrong proof', () => ({ checkpoint: tree(12).checkpoint, prove: () => Promise.resolve([]) })],
    ['a proof for another tree', (ten) => ({ checkpoint: tree(12, 'other', 9).checkpoint, prove: ten.prove })],
  ])('refuses %s, from whoever asks', async (_what, forged) => {
    expect(await signedBy(client, tree(10))).toContain(origin);
    for (const asking of [client, signer.client(trust)]) {
      expect(await signedBy(asking, forged(tree(12)))).toMatch(/^refused: .*does not grow out of the size 10/);
      asking.release();
    }
    expect(remembered()).toBe(10);
    expect(await signedBy(client, tree(12))).toContain(origin);
  });

  it('refuses an origin that was retired, for ever', async () => {
    await client.retire(`log.example/${count}`, 'log.example/next');
    expect(await signedBy(client, tree(1))).toMatch(/^refused: .*succeeded by that of log.example\/next/);
    expect(await client.successorsOf(`log.example/${count}`)).toEqual(['log.example/next']);
    const revive = client.retire(`log.example/${count}`, `log.example/${count}`);
    await expect(revive).rejects.toMatchObject({ code: 'SUCCESSION_CIRCULAR' });
  });

  it('signs one of two branches that come at once, and tells the other what it signed', async () => {
    await signedBy(client, tree(4));
    const clients = Array.from({ length: 8 }, () => signer.client(trust));
    const answers = await Promise.all(clients.map((each, at) => signedBy(each, tree(5, `branch ${at}`, 4))));
    expect(answers.filter((answer) => answer.startsWith(origin))).toHaveLength(1);
    expect(answers.filter((answer) => answer.startsWith('refused: '))).toHaveLength(7);
    clients.forEach((each) => each.release());
  });

  it('goes on from what others had signed since this client asked last', async () => {
    const other = signer.client(trust);
    for (const size of [2, 5, 9]) {
      expect(await signedBy(client, tree(size))).toContain(origin);
      expect(await signedBy(other, tree(size + 2))).toContain(origin);
    }
    other.release();
  });

  it('signs many logs in one request, and a refused one does not hold up the others', async () => {
    const trees = Array.from({ length: 70 }, (_, at) => new TreeOfTest(`log.example/${count}/t/${at}`, entriesOf(at + 1)));
    const seven = trees[7];
    if (seven) await signedBy(client, new TreeOfTest(seven.origin, entriesOf(20)));
    const said: string[] = [];
    await client.sign(
      trees.map(({ checkpoint, prove }) => ({
        checkpoint,
        prove,
        signed: () => said.push(`${checkpoint.origin} signed`),
        refused: () => said.push(`${checkpoint.origin} refused`),
      })),
    );
    expect(said).toEqual(trees.map((each, at) => `${each.origin} ${at === 7 ? 'refused' : 'signed'}`));
    expect((await client.remembered()).filter((head) => head.origin.startsWith(`log.example/${count}/`))).toHaveLength(70);
  });

  it('killed between its memory and its answer, it signs the same again and nothing else', async () => {
    const before = await signedBy(client, tree(3));
    const { checkpoint, prove } = tree(6);
    const proof = await prove(tree(3).checkpoint);
    const body = JSON.stringify({
      checkpoints: [{ origin, size: 6, root: toBase64(checkpoint.root), oldSize: 3, proof: proof.map(toBase64) }],
    });
    // whoever asked is gone before the answer
    const asking = connect(signer.socket);
    asking.write(`POST /sign HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`, () => asking.destroy());
    await until(
      () => Promise.resolve(remembered()),
      (size) => size === 6,
    );
    await signer.end('SIGKILL');
    signer = await signer.again();
    expect(await signedBy(client, tree(6, 'other', 3))).toMatch(/^refused: /);
    expect(await signedBy(client, tree(3))).toMatch(/^refused: /);
    const note = await signedBy(client, tree(6));
    expect(note).toContain(`${origin}\n6\n`);
    expect(await signedBy(client, tree(6))).toBe(note);
    expect(await client.hasSigned(before)).toBe(true);
  });

  it('signs nothing when its memory is broken, and says so', async () => {
    await signedBy(client, tree(2));
    await signer.end('SIGTERM');
    const memory = join(folder, 'logs');
    const kept = readdirSync(memory).map((name) => [join(memory, name), readFileSync(join(memory, name))] as const);
    for (const [file] of kept) writeFileSync(file, '{}');
    signer = await signer.again();
    await expect(signedBy(client, tree(3))).rejects.toMatchObject({ code: 'SIGNER_MEMORY_BROKEN' });
    for (const [file, bytes] of kept) writeFileSync(file, bytes);
    expect(await signedBy(client, tree(3))).toContain(origin);
  });

  describe('alone', () => {
    const serve = (ofHome: string, socket: string) =>
      spawnSync(BIN, ['ledger', 'signer', 'serve', '--home', ofHome, '--socket', socket], { encoding: 'utf8', timeout: 20_000 });

    it('is not started twice on one folder, nor on one socket', () => {
      expect(serve(home, join(room, 'other.sock'))).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/signs from .* already/) as string,
      });
      expect(serve(join(room, 'other'), signer.socket)).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/a log signer answers at .* already/) as string,
      });
      expect(existsSync(signer.socket)).toBe(true);
    });

    it('keeps a worker that was given its files away from them, and the other way round', async () => {
      const local = new LocalLogSigner(folder, trust);
      await expect(signedBy(local, tree(1))).rejects.toMatchObject({ code: 'SIGNER_FOLDER_HELD', retryable: true });
      await expect(local.retire(`log.example/${count}`, 'log.example/x')).rejects.toMatchObject({ code: 'SIGNER_FOLDER_HELD' });
      expect(remembered()).toBeUndefined();
      await signer.end('SIGKILL');
      expect(await signedBy(local, tree(1))).toContain(origin);
      expect(serve(home, signer.socket)).toMatchObject({ status: 2, stderr: expect.stringMatching(/signs from .* already/) as string });
      local.release();
      signer = await signer.again(); // over the socket that the killed one left
      expect(await signedBy(client, tree(2))).toContain(origin);
    });

    it('is held by one of many that try at once, again and again', async () => {
      const contested = join(room, 'contested');
      const children = Array.from({ length: 5 }, () => fork(join(__dirname, '../../support/holder.cjs')));
      await Promise.all(children.map((child) => told(child)));
      const all = (order: object): Promise<readonly Told[]> =>
        Promise.all(
          children.map((child) => {
            child.send(order);
            return told(child);
          }),
        );
      for (let time = 0; time < 40; time += 1) {
        const answers = await all({ take: contested });
        expect(answers.filter(({ held }) => held)).toHaveLength(1);
        expect(answers.filter(({ code }) => code === 'SIGNER_FOLDER_HELD')).toHaveLength(4);
        await all({ release: true });
      }
      children.forEach((child) => child.kill('SIGKILL'));
      expect(readdirSync(contested).length).toBeLessThanOrEqual(2);
    });

    interface Told {
      readonly held?: boolean;
      readonly code?: string;
    }
    function told(child: ChildProcess): Promise<Told> {
      return new Promise((resolve) => child.once('message', (answer) => resolve(answer as Told)));
    }

    it.each(['SIGTERM', 'SIGINT'] as const)('ends in good order on %s', async (signal) => {
      const its = await SignerProcess.start(join(room, signal), join(room, `${signal}.d`, 's.sock'));
      expect(await signedBy(its.client(join(room, 'x')), tree(1))).toContain(origin);
      expect(await its.end(signal)).toBe(0);
      expect(existsSync(its.socket)).toBe(false);
      const local = new LocalLogSigner(join(room, signal, 'signer'), join(room, 'x'));
      expect(await signedBy(local, tree(2))).toContain(origin);
      local.release();
    });

    it.each([
      ['for its user alone', [], 0o700, 0o600],
      ['for its group, where it is told', ['--group-access'], 0o710, 0o660],
    ] as const)('has a socket %s', async (what, options, ofFolder, ofSocket) => {
      const its = await SignerProcess.start(join(room, what), join(room, `${what}.d`, 's.sock'), ...options);
      expect(statSync(dirname(its.socket)).mode & 0o777).toBe(ofFolder);
      expect(statSync(its.socket).mode & 0o777).toBe(ofSocket);
      await its.end('SIGTERM');
    });

    // needs to become other users; elsewhere the modes above are what can be shown
    (process.getuid?.() === 0 ? it : it.skip)('of another user, it is asked by its group, and its files are nobody else’s', async () => {
      const [its, worker, stranger, group] = [61_001, 61_002, 61_003, 61_010];
      chmodSync(room, 0o755);
      const place = join(room, 'of another user');
      mkdirSync(place);
      chownSync(place, its, group);
      const [ofHome, socket] = [join(place, 'home'), join(place, 'run', 's.sock')];
      const args = [
        join(__dirname, '../../../dist/apps/signer/src/main.js'),
        'serve',
        '--home',
        ofHome,
        '--socket',
        socket,
        '--group-access',
      ];
      const child = spawn(process.execPath, args, { uid: its, gid: group, stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((ready) => child.stdout.once('data', ready));
      const as = (uid: number, gid: number, size: number): unknown => {
        const script = join(__dirname, '../../support/signer-client.cjs');
        return JSON.parse(execFileSync(process.execPath, [script, socket, ofHome, origin, String(size)], { uid, gid, encoding: 'utf8' }));
      };
      const denied = { key: 'EACCES', memory: 'EACCES', forget: 'EACCES', retired: 'EACCES', socket: 'EACCES' };
      expect(as(worker, group, 5)).toEqual({ asked: 'signed', ...denied });
      expect(as(worker, group, 4)).toEqual({ asked: 'CHECKPOINT_INCONSISTENT', ...denied });
      expect(as(stranger, stranger, 6)).toEqual({ asked: 'LOG_SIGNER_UNAVAILABLE', ...denied });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    });

    it.each<[string, (at: string) => string, RegExp]>([
      ['a folder that others write to', (at) => (chmodSync(at, 0o777), join(at, 's.sock')), /others may write to/],
      ['a file that is no socket', (at) => (writeFileSync(join(at, 'notes'), 'mine'), join(at, 'notes')), /is there, and no socket/],
      ['a name that no socket can have', (at) => join(at, 'n'.repeat(100)), /too long for a socket/],
    ])('refuses %s', (_what, prepare, words) => {
      const at = join(room, `refused ${count}`);
      mkdirSync(at);
      const path = prepare(at);
      expect(serve(join(room, 'other'), path)).toMatchObject({ status: 2, stderr: expect.stringMatching(words) as string });
      expect(existsSync(join(at, 'notes'))).toBe(path.endsWith('notes'));
    });
  });
});
