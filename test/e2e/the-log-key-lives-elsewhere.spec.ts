import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519Verify, sha256 } from '@imprimatur/domain/ledger';
import { isSignedBy, parseCheckpoint, parseVkey } from '@imprimatur/formats/merkle';
import { SignerProcess } from '../support/log-signer';
import { TestService, until } from '../support/service';
import { PORTRAIT, Story } from '../support/story';

describe('the log’s key lives with a process of its own', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'imprimatur-elsewhere-'));
  let signer: SignerProcess;
  let service: TestService;

  beforeAll(async () => {
    signer = await SignerProcess.start(elsewhere);
    service = await TestService.start({ env: { IMPRIMATUR_SIGNER_SOCKET: signer.socket } });
  }, 120_000);
  afterAll(async () => {
    await service?.close();
    await signer?.end('SIGTERM');
    rmSync(elsewhere, { recursive: true });
  });

  interface Log {
    readonly size: number;
    readonly signed: number | null;
    readonly note: string | null;
  }
  const tenantLog = async (): Promise<Log | undefined> =>
    (
      await service.database.asAdmin<Log>(
        `select l.size::int, c.size::int as signed, c.note from ledger_log l
           left join lateral (select size, note from ledger_checkpoint where tenant = l.tenant order by size desc limit 1) c on true
          where l.origin like '%/t/%' order by l.size desc limit 1`,
      )
    )[0];
  const entries = async (): Promise<number> =>
    (await service.database.asAdmin<{ count: number }>('select count(*)::int as count from ledger_entry'))[0]?.count ?? 0;
  const signedUpTo = (size: number) => until(tenantLog, (log) => (log?.signed ?? 0) >= size);

  it('the worker has its log signed, and has no key of it anywhere', async () => {
    const story = await Story.begin(service);
    await story.screened(await story.upload(PORTRAIT, 'portrait.jpg'));
    const note = parseCheckpoint((await signedUpTo(2))?.note ?? '');
    const pinned = readFileSync(join(service.home, 'trust', 'logs.vkey'), 'utf8')
      .trim()
      .split('\n');
    const keys = pinned.flatMap((vkey) => parseVkey(sha256, vkey) ?? []);
    expect(note && keys.some((key) => isSignedBy(note, key, ed25519Verify))).toBe(true);
    expect(
      readFileSync(join(elsewhere, 'trust', 'logs.vkey'), 'utf8')
        .trim()
        .split('\n')
        .sort(),
    ).toEqual(pinned.sort());

    expect(readdirSync(service.home)).not.toContain('signer');
    const files = readdirSync(service.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const key = readFileSync(join(elsewhere, 'signer', 'log.key'));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(key))).toEqual([]);
    expect(files.map(({ name }) => name)).not.toContain('log.key');
  });

  it('and goes on working while that is away', async () => {
    const story = await Story.begin(service);
    await signer.end('SIGKILL');
    const before = await entries();
    await story.screened(await story.upload(PORTRAIT, 'portrait.jpg'));
    expect(await entries()).toBeGreaterThan(before);
    await until(
      () => Promise.resolve(service.log()),
      (log) => log.includes('LOG_SIGNER_UNAVAILABLE') || log.includes('cannot be reached'),
    );
    signer = await signer.again();
    await until(tenantLog, (log) => log !== undefined && log.signed === log.size && log.size > 2);
  });

  it('and refuses to forget a signer that it had before', async () => {
    await service.stopApp('worker', 'SIGTERM');
    mkdirSync(join(service.home, 'signer'));
    await expect(service.startApp('worker')).rejects.toThrow(/move the folder to the home of the signer's process/);
    rmSync(join(service.home, 'signer'), { recursive: true });
    await service.startApp('worker');
  });
});
