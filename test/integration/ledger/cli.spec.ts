import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, ROLES } from '@imprimatur/kernel';
import sharp from 'sharp';
import { type Person, TestService, until } from '../../support/service';
import { DRAFT, Story } from '../../support/story';

const bin = join(__dirname, '../../../bin/imprimatur');
const PROMPT = 'brighten the picture by 12%';

describe('imprimatur ledger, on a log that a service keeps', () => {
  let service: TestService;
  let auditor: Person;
  let story: Story;
  let work: string;
  let keys: string;
  let log: string;
  let submitted: string;
  const at = (name: string): string => join(work, name);

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'imprimatur-ledger-cli-'));
    service = await TestService.start({ env: { IMPRIMATUR_ANCHOR_SECONDS: '1' } });
    story = await Story.begin(service);
    auditor = story.auditor;
    const asset = await story.upload(await picture('#4a7'), 'plain.jpg');
    await story.screened(asset);
    await story.edit(asset, PROMPT, DRAFT);
    submitted = (await events()).find(({ type }) => type === 'turn.submitted')?.id ?? '';
    await signed(submitted);
    keys = join(service.home, 'trust', 'logs.vkey');
    log = `${service.url}${(await auditor.graphql<{ ledger: { url: string } }>('{ ledger { url } }')).ledger.url}`;
  }, 180_000);
  afterAll(async () => {
    await service?.close();
    rmSync(work, { recursive: true, force: true });
  });

  /** As the auditor, in a home that pins nothing. */
  function ledger(...args: readonly string[]): SpawnSyncReturns<string> {
    return as(auditor.token, ...args);
  }
  function as(token: string, ...args: readonly string[]): SpawnSyncReturns<string> {
    const env = { ...process.env, IMPRIMATUR_HOME: at('home'), IMPRIMATUR_TOKEN: token, NO_COLOR: '1', NODE_OPTIONS: '' };
    return spawnSync(process.execPath, [bin, 'ledger', ...args], { encoding: 'utf8', cwd: work, env });
  }
  const events = async (): Promise<readonly { id: string; type: string; index: string | null }[]> =>
    (
      await auditor.graphql<{ auditEvents: { edges: { node: { id: string; type: string; index: string | null } }[] } }>(
        '{ auditEvents(first: 100) { edges { node { id type index } } } }',
      )
    ).auditEvents.edges.map(({ node }) => node);
  const signed = (id: string): Promise<unknown> =>
    until(
      async () =>
        (
          await auditor.graphql<{ node: { receipt: object | null } }>(
            'query($id: ID!) { node(id: $id) { ... on AuditEvent { receipt } } }',
            { id },
          )
        ).node.receipt,
      (receipt) => receipt !== null,
    );

  it('exports the log, which verifies: with its key pinned as good, else as consistent', () => {
    const run = ledger('export', 'log', '--url', service.url, '--json');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(lastLine(run)).toMatchObject({ outcome: 'done', kept: 0, findings: [] });
    for (const file of ['checkpoint', 'log.vkey', 'tile/0', 'tile/entries']) expect(existsSync(at(`log/${file}`))).toBe(true);
    const good = ledger('verify', 'log', '--log-key', keys);
    expect(good).toMatchObject({ status: 0, stderr: '' });
    expect(good.stdout).toMatch(/^log: good\. .*operator only/);
    const unknown = ledger('verify', 'log', '--json');
    expect(unknown.status).toBe(2);
    expect(lastLine(unknown)).toMatchObject({
      outcome: 'unknown',
      key: 'came along',
      findings: [],
      words: expect.stringContaining('key not known') as unknown,
    });
    expect(ledger('verify', 'log', '--home', service.home).status).toBe(0);
  });

  it('verifies the log where it is served, for whoever may read it', () => {
    const run = ledger('verify', log, '--log-key', keys, '--json');
    expect(run.status).toBe(0);
    expect(lastLine(run)).toMatchObject({ outcome: 'good', kind: 'log', witnesses: 'operator only' });
    expect(as('', 'verify', log)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('IMPRIMATUR_TOKEN') as unknown });
    expect(as('wrong', 'verify', log).status).toBe(2);
  });

  it('verifies a log by a capability URL, without an account', async () => {
    const { grantLogAccess } = await auditor.graphql<{ grantLogAccess: { url: string } }>(
      'mutation($input: GrantLogAccessInput!) { grantLogAccess(input: $input) { ... on GrantLogAccessSuccess { url } } }',
      { input: { idempotencyKey: randomBytes(12).toString('hex') } },
    );
    const url = new URL(grantLogAccess.url, service.url).href;
    expect(as('', 'verify', url, '--log-key', keys)).toMatchObject({ status: 0, stderr: '' });
    expect(as('', 'export', 'by-capability', '--url', url).status).toBe(0);
    expect(ledger('verify', 'by-capability', '--log-key', keys).status).toBe(0);
  });

  it('goes on where an export stopped, and holds the log to what was exported before', async () => {
    expect(ledger('export', 'growing', '--url', service.url).status).toBe(0);
    cpSync(at('growing/checkpoint'), at('old.checkpoint'));
    await story.upload(await picture('#a47'), 'more.jpg');
    const newest = (await events()).at(-1)?.id ?? '';
    await signed(newest);
    expect(ledger('export', 'growing', '--url', service.url).status).toBe(0);
    const run = ledger('verify', 'growing', '--log-key', keys, '--since', 'old.checkpoint', '--json');
    expect(run.status).toBe(0);
    expect(lastLine(run)).toMatchObject({ since: [{ status: 'consistent' }] });
    const cut = ledger('verify', 'log', '--log-key', keys, '--since', 'growing/checkpoint');
    expect(cut.status).toBe(1);
    expect(cut.stdout).toContain('it was cut back');
    const stranger = ledger('export', 'growing', '--url', service.url, '--log-zero');
    expect(stranger).toMatchObject({ status: 2, stderr: expect.stringContaining('holds another log') as unknown });
  });

  it('exports log 0 without an account', async () => {
    await until(
      async () => (await fetch(`${service.url}/log/0/checkpoint`)).status,
      (status) => status === 200,
    );
    expect(as('', 'export', 'zero', '--url', service.url, '--log-zero')).toMatchObject({ status: 0, stderr: '' });
    expect(ledger('verify', 'zero', '--log-key', keys)).toMatchObject({ status: 0, stderr: '' });
    expect(ledger('verify', `${service.url}/log/0`, '--log-key', keys).status).toBe(0);
  });

  it('names the first bad entry, and passes no file that was changed', () => {
    const files = filesOf(at('log'));
    for (const [number, file] of files.entries()) {
      const folder = `tampered-${number}`;
      cpSync(at('log'), at(folder), { recursive: true });
      const bytes = readFileSync(at(`log/${file}`));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(at(`${folder}/${file}`), bytes);
      const run = ledger('verify', folder, '--log-key', keys, '--json');
      expect({ file, status: run.status, answer: lastLine(run) }).toMatchObject({ file, status: 1, answer: { outcome: 'bad' } });
      if (file.startsWith('tile/entries')) {
        expect(lastLine(run)).toMatchObject({
          first: { code: expect.stringMatching(/^ENTRY_/) as unknown, entry: expect.any(Number) as unknown },
        });
      }
    }
    expect(ledger('verify', 'log', '--log-key', keys).status).toBe(0);
  });

  it('writes no checkpoint over files that were damaged', () => {
    cpSync(at('log'), at('damaged'), { recursive: true });
    writeFileSync(at('damaged/checkpoint'), readFileSync(at('log/checkpoint'), 'utf8').replace(/\n.{10}/, '\n'));
    const before = readFileSync(at('damaged/checkpoint'));
    expect(ledger('export', 'damaged', '--url', service.url).status).toBe(2);
    expect(readFileSync(at('damaged/checkpoint'))).toEqual(before);
  });

  it('proves an entry by the service and by the files alone, as a receipt and as a .tlog-proof', async () => {
    expect(ledger('prove', submitted, '--url', service.url, '--out', 'service.json').status).toBe(0);
    const online = ledger('verify', 'service.json', '--log-key', keys, '--json');
    expect(online.status).toBe(0);
    expect(lastLine(online)).toMatchObject({
      outcome: 'good',
      kind: 'receipt',
      entry: { type: 'turn.submitted' },
      key: 'known',
      witnesses: 'operator only',
    });
    const index = Number((await events()).find(({ id }) => id === submitted)?.index);
    expect(ledger('prove', submitted, '--log', 'log', '--out', 'by-id.json').status).toBe(0);
    writeFileSync(at('by-index.json'), ledger('prove', String(index), '--log', 'log').stdout);
    expect(readFileSync(at('by-id.json'), 'utf8')).toBe(readFileSync(at('by-index.json'), 'utf8'));
    expect(ledger('verify', 'by-id.json', '--log-key', keys).status).toBe(0);
    expect(ledger('verify', 'by-id.json')).toMatchObject({ status: 2, stdout: expect.stringContaining('key not known') as unknown });
    expect(ledger('prove', submitted, '--log', log, '--tlog-proof', '--out', 'submitted')).toMatchObject({ status: 0 });
    expect(readFileSync(at('submitted.tlog-proof'), 'utf8')).toMatch(new RegExp(`^c2sp.org/tlog-proof@v1\nindex ${index}\n`));
    const proof = ledger('verify', 'submitted.tlog-proof', '--entry', 'submitted.entry', '--log-key', keys, '--json');
    expect(proof.status).toBe(0);
    expect(lastLine(proof)).toMatchObject({ outcome: 'good', kind: 'tlog-proof', index });
    writeFileSync(at('other.entry'), readFileSync(at('submitted.entry'), 'utf8').replace('turn.submitted', 'turn.forgotten'));
    expect(ledger('verify', 'submitted.tlog-proof', '--entry', 'other.entry', '--log-key', keys).status).toBe(1);
    expect(ledger('verify', log, '--log-key', keys, '--since', 'by-id.json', '--since', 'submitted.tlog-proof').status).toBe(0);
  });

  it('says what is wrong with a receipt, and which event was left out', () => {
    const [first, second, third] = [0, 1, 2].map((index) => ledger('prove', String(index), '--log', 'log').stdout);
    writeFileSync(at('all.ndjson'), `${first}${second}${third}`);
    expect(ledger('verify', 'all.ndjson', '--log-key', keys).status).toBe(0);
    const receipt = JSON.parse(readFileSync(at('by-id.json'), 'utf8')) as { index: number; entry: string };
    writeFileSync(at('moved.json'), JSON.stringify({ ...receipt, index: receipt.index - 1 }));
    expect(ledger('verify', 'moved.json', '--log-key', keys, '--json')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('"outcome":"bad"') as unknown,
    });
    writeFileSync(at('alone.json'), JSON.stringify([receipt]));
    const alone = ledger('verify', 'alone.json', '--log-key', keys, '--complete');
    expect(alone).toMatchObject({ status: 1, stdout: expect.stringMatching(/Something was left out: asset .* missing/) as unknown });
  });

  it('discloses one part and withholds the rest', () => {
    const run = ledger('disclose', submitted, '--part', 'prompt', '--reason', 'case 17', '--url', service.url, '--out', 'prompt.json');
    expect({ status: run.status, said: run.stderr }).toMatchObject({ status: 0 });
    const shown = ledger('verify', 'prompt.json', '--log-key', keys);
    expect(shown.status).toBe(0);
    expect(shown.stdout).toContain(`prompt: ${PROMPT}`);
    const receipt = JSON.parse(readFileSync(at('prompt.json'), 'utf8')) as { parts: { prompt: { bytes: string } } };
    receipt.parts.prompt.bytes = Buffer.from('make it darker').toString('base64');
    writeFileSync(at('forged.json'), JSON.stringify(receipt));
    expect(ledger('verify', 'forged.json', '--log-key', keys).status).toBe(1);
    expect(ledger('disclose', submitted, '--part', 'nothing', '--reason', 'x', '--url', service.url)).toMatchObject({
      status: 2,
      stdout: '',
    });
    expect(as(story.creator.token, 'disclose', submitted, '--part', 'prompt', '--reason', 'x', '--url', service.url).status).toBe(2);
  });

  it("neither proves nor discloses another tenant's entry", async () => {
    const token = await strangerOf(service);
    expect(as(token, 'prove', submitted, '--url', service.url)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('holds no entry') as unknown,
    });
    expect(as(token, 'disclose', submitted, '--part', 'prompt', '--reason', 'x', '--url', service.url)).toMatchObject({
      status: 2,
      stdout: '',
    });
    expect(as(token, 'verify', log)).toMatchObject({ status: 2, stdout: '' });
  });

  it('asks for the quorum of a policy', () => {
    const witness = 'a'.repeat(64);
    writeFileSync(
      at('policy'),
      `${readFileSync(keys, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((key) => `log ${key}\n`)
        .join('')}witness w ${witness}\nquorum w\n`,
    );
    const run = ledger('verify', 'log', '--policy', 'policy', '--json');
    expect(run.status).toBe(1);
    expect(lastLine(run)).toMatchObject({ outcome: 'bad', key: 'known', words: expect.stringContaining('quorum') as unknown });
    writeFileSync(at('policy'), readFileSync(at('policy'), 'utf8').replace('quorum w', 'quorum none'));
    expect(ledger('verify', 'log', '--policy', 'policy')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('operator only') as unknown,
    });
    writeFileSync(at('policy'), 'quorum nobody\n');
    expect(ledger('verify', 'log', '--policy', 'policy')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('line 1') as unknown,
    });
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['verfy', 'log']],
    ['nothing to verify', ['verify']],
    ['a target that is not there', ['verify', 'nowhere']],
    ['a folder that holds no log', ['verify', '.']],
    ['a checkpoint alone', ['verify', 'log/checkpoint']],
    ['a file that is nothing of ours', ['verify', __filename]],
    ['an old checkpoint that is none', ['verify', 'log', '--since', __filename]],
    ['an old checkpoint of another log', ['verify', 'log', '--since', 'zero/checkpoint']],
    ['a log key that is none', ['verify', 'log', '--log-key', __filename]],
    ['a service that does not answer', ['prove', '0190c0de-7000-7000-8000-000000000000', '--url', 'http://127.0.0.1:1']],
    ['an entry that is none', ['prove', 'turn_x', '--log', 'log']],
    ['an index beyond the end', ['prove', '999999', '--log', 'log']],
    ['both sources', ['prove', '1', '--log', 'log', '--url', 'http://127.0.0.1:1']],
    ['a proof without its entry', ['verify', 'submitted.tlog-proof']],
    [
      'a disclosure without a reason',
      ['disclose', '0190c0de-7000-7000-8000-000000000000', '--part', 'prompt', '--url', 'http://127.0.0.1:1'],
    ],
  ])('calls %s wrong usage, in one line', (_what, args) => {
    const run = ledger(...args);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).not.toMatch(/\n {4}at /);
    expect(lastLine(ledger(...args, '--json'))).toMatchObject({ outcome: 'failed' });
  });

  it('explains itself', () => {
    const run = ledger('verify', '--help');
    expect(run).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/Exit codes: 0 good; 1 checked and found bad[^]*Examples:/) as unknown,
    });
    expect(ledger('--help').stdout).toContain('disclose');
    expect(ledger('verify', 'log', '--jsn').stderr).toContain('imprimatur ledger verify --help');
  });
});

function picture(background: string): Promise<Buffer> {
  return sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

function lastLine(run: SpawnSyncReturns<string>): unknown {
  return JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
}

function filesOf(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile());
}

/** Token of somebody with every role of another tenant. */
async function strangerOf({ database }: TestService): Promise<string> {
  const [tenant, subject, key] = [newId('tenant'), newId('subject'), newId('key')];
  const token = `imp_${randomBytes(32).toString('base64url')}`;
  const roles = [...ROLES];
  await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'other', now())`, [tenant]);
  await database.asAdmin(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
    tenant,
    subject,
    newId('subject'),
  ]);
  await database.asAdmin(`insert into member (tenant, id, roles, created_at) values ($1, $2, $3, now())`, [tenant, subject, roles]);
  await database.asAdmin(
    `insert into api_key (tenant, id, subject, name, hash, roles, scopes, created_at) values ($1, $2, $3, 'all', $4, $5, '{*:*}', now())`,
    [tenant, key, subject, createHash('sha256').update(token).digest(), roles],
  );
  return token;
}
