import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSignedBy, parseCheckpoint, parseVkey } from '@imprimatur/formats/merkle';
import { ed25519Verify, sha256 } from '@imprimatur/domain/ledger';
import { TestService, until } from '../support/service';
import { PORTRAIT, Story } from '../support/story';
import { BIN, WitnessProcess } from '../support/witness';

describe('an export is witnessed', () => {
  let service: TestService;
  let witness: WitnessProcess | undefined;

  beforeAll(async () => {
    service = await TestService.start({ env: { IMPRIMATUR_ANCHOR_SECONDS: '1' } });
  }, 120_000);
  afterAll(async () => {
    await witness?.end('SIGTERM');
    await service?.close();
  });

  const publicFile = async (path: string): Promise<string> => {
    const response = await fetch(new URL(`/log/0/${path}`, service.url));
    return response.ok ? response.text() : '';
  };

  it('by a witness of other people, whom the verifier chose to believe', async () => {
    const story = await Story.begin(service);
    // anybody may read log 0, without an account
    const vkey = (
      await until(
        () => publicFile('log.vkey'),
        (text) => text !== '',
      )
    ).trim();
    witness = await WitnessProcess.start(join(service.home, 'their-machine'), [vkey]);
    const policy = join(service.home, 'witnesses.policy');
    const key = (await (await fetch(`${witness.url}/witness.vkey`)).text()).trim();
    writeFileSync(policy, `witness theirs ${key} ${witness.url}\nquorum theirs\n`);
    await service.stopApp('worker', 'SIGTERM');
    await service.startApp('worker', { IMPRIMATUR_WITNESS_POLICY: policy, IMPRIMATUR_EXPORTS_WAIT_FOR_WITNESS: 'true' });

    const asset = await story.upload(PORTRAIT, 'portrait.jpg');
    await story.screened(asset);
    await story.consent(asset);
    const { item } = await story.edit(asset, 'brighten the picture by 12%');
    await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    const done = await story.exported(started.export.id);
    expect(done).toMatchObject({ state: 'DONE' });
    const file = join(service.home, 'export.jpg');
    writeFileSync(file, Buffer.from(await (await story.creator.get(done.fileUrl ?? '')).arrayBuffer()));

    // not spawnSync: while it blocks, the service may close idle connections, and nobody here would notice
    const verify = (...more: string[]): Promise<{ status: number | null; stdout: string }> => {
      const trust = ['--trust-anchors', join(service.home, 'trust', 'anchors.pem'), '--log-key', join(service.home, 'trust', 'logs.vkey')];
      return new Promise((resolve) => {
        const child = spawn(BIN, ['verify', file, ...trust, ...more]);
        let stdout = '';
        child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
        child.once('close', (status) => resolve({ status, stdout }));
      });
    };
    const witnessed = await verify('--policy', policy);
    expect(witnessed.stdout).toContain('Witnessed, as your policy asks, by theirs.');
    expect(witnessed.status).toBe(0);
    const alone = await verify();
    expect(alone.stdout).toContain('Operator only: no independent witness.');
    expect(alone.status).toBe(0);
    const others = join(service.home, 'others.policy');
    const stranger = spawnSync(BIN, ['ledger', 'witness', 'key', '--name', 'x.example/1', '--folder', join(service.home, 'x')], {
      encoding: 'utf8',
    });
    writeFileSync(others, `witness x ${stranger.stdout.trim()}\nquorum x\n`);
    expect((await verify('--policy', others)).status).toBe(1);

    const logKey = parseVkey(sha256, vkey);
    const checkpoint = parseCheckpoint(await publicFile('checkpoint'));
    expect(logKey && checkpoint && isSignedBy(checkpoint, logKey, ed25519Verify)).toBe(true);
    expect(checkpoint?.signatures.map(({ name }) => name)).toContain('w.example/1');
    const legal = await service.signIn('lea');
    const { ledger } = await legal.graphql<{ ledger: { standing: { anchoredSize: string; witnesses: { name: string }[]; stamp: null } } }>(
      'query { ledger { standing { anchoredSize anchoredAt witnesses { name size at } stamp { authority at expiresAt } } } }',
    );
    expect(ledger.standing).toMatchObject({ witnesses: [{ name: 'theirs' }], stamp: null });
    expect(Number(ledger.standing.anchoredSize)).toBeGreaterThan(0);
    // and it is all that is public
    expect((await fetch(new URL('/log/0/tile/entries/999', service.url))).status).toBe(404);
    expect((await fetch(new URL('/log/1/checkpoint', service.url))).ok).toBe(false);
  }, 120_000);
});
