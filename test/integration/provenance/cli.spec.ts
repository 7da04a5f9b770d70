import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flipped, forge } from './forger';
import { makePicture, ReleaseDesk } from './release-desk';

const desk = new ReleaseDesk();
afterAll(() => desk.close());

const bin = join(__dirname, '../../../bin/imprimatur');

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function imprimatur(...args: readonly string[]): Run {
  const env = { ...process.env, IMPRIMATUR_HOME: desk.home, NO_COLOR: '1', NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', cwd: desk.home, env });
  return { status, out: stdout, err: stderr };
}

function lastLine(run: Run): unknown {
  return JSON.parse(run.out.trimEnd().split('\n').at(-1) ?? '');
}

function save(name: string, bytes: Uint8Array): string {
  const file = join(desk.home, 'out', name);
  mkdirSync(join(desk.home, 'out'), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

describe('imprimatur verify', () => {
  it('finds an export good by the trust of this home', async () => {
    const run = imprimatur('verify', save('good.jpg', (await desk.signed('jpeg')).bytes));
    expect(run).toMatchObject({ status: 0, err: '' });
    expect(run.out).toMatch(/good\. Intact; issuer is not on the C2PA trust list.*\n.*"Spring campaign"[^]*\n {2}good {5}picture/);
  });

  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)('decodes %s as the service does', async (format) => {
    expect(lastLine(imprimatur('verify', '--json', save(`good.${format}`, (await desk.signed(format)).bytes)))).toMatchObject({
      outcome: 'good',
    });
  });

  it('takes trust from options alone when they are given', async () => {
    const file = save('pinned.png', (await desk.signed('png')).bytes);
    const anchors = join(desk.home, 'trust', 'anchors.pem');
    expect(imprimatur('verify', file, '--home', '/nowhere', '--trust-anchors', anchors, '--log-key', desk.log.vkey).status).toBe(0);
    expect(
      imprimatur('verify', file, '--home', '/nowhere', '--trust-anchors', anchors, '--log-key', join(desk.home, 'trust', 'logs.vkey'))
        .status,
    ).toBe(0);
    expect(imprimatur('verify', file, '--home', '/nowhere', '--trust-anchors', anchors).status).toBe(2);
    expect(imprimatur('verify', file, '--home', '/nowhere', '--log-key', desk.log.vkey).status).toBe(2);
  });

  it('finds receipts that were moved to another picture, whoever signed it', async () => {
    const honest = await desk.input(await makePicture('webp'), 'webp');
    const run = imprimatur('verify', '--json', save('moved.webp', await forge(desk, honest, await makePicture('webp', 5))));
    expect(run.status).toBe(1);
    expect(lastLine(run)).toMatchObject({
      outcome: 'bad',
      files: [{ words: expect.stringContaining('This receipt speaks of another picture') as unknown }],
    });
  });

  it('reports each of several files, and the worst of them in the exit code', async () => {
    const { bytes } = await desk.signed('jpeg');
    const files = [
      save('a.jpg', bytes),
      save('b.jpg', flipped(bytes, 'Spring campaign')),
      save('c.jpg', await makePicture('jpeg')),
      '/no/such/file',
    ];
    const run = imprimatur('verify', '--json', ...files);
    expect(run.status).toBe(1);
    expect(lastLine(run)).toMatchObject({
      outcome: 'bad',
      files: [
        { outcome: 'good' },
        { outcome: 'bad' },
        { outcome: 'unknown' },
        { outcome: 'unknown', checks: [{ codes: ['manifest.file'] }] },
      ],
    });
  });

  it('stops reading after the time it was given', async () => {
    const run = imprimatur('verify', '--json', '--timeout', '0.001', save('slow.jpg', (await desk.signed('jpeg')).bytes));
    expect(run.status).toBe(2);
    expect(lastLine(run)).toMatchObject({ outcome: 'unknown', files: [{ checks: [{ codes: ['manifest.timeout'] }] }] });
  });

  it('prints a title that is markup as text, and as JSON that cannot end a script', async () => {
    const file = await makePicture('jpeg');
    const input = { ...(await desk.input(file, 'jpeg')), title: '</script>\u001b[31m\u202emalo' };
    const run = imprimatur('verify', '--json', save('title.jpg', await forge(desk, input, file)));
    for (const dangerous of ['<', '\u001b', '\u202e']) expect(run.out).not.toContain(dangerous);
    expect(lastLine(run)).toMatchObject({ files: [{ manifest: { title: '</script> [31m malo' } }] });
  });

  it.each([
    ['no file', ['verify']],
    ['an unknown option', ['verify', '--jsn', 'x.jpg']],
    ['anchors that are none', ['verify', 'x.jpg', '--trust-anchors', __filename]],
    ['anchors that are not there', ['verify', 'x.jpg', '--trust-anchors', '/no/such/file']],
    ['a log key that is none', ['verify', 'x.jpg', '--log-key', __filename]],
    ['a time that is none', ['verify', 'x.jpg', '--timeout', 'soon']],
  ])('calls %s wrong usage', (_what, args) => {
    const run = imprimatur(...args);
    expect(run).toMatchObject({ status: 2, out: '' });
    expect(run.err).not.toMatch(/\n {4}at /);
    expect(lastLine(imprimatur(...args, '--json'))).toMatchObject({ outcome: 'failed' });
  });

  it('knows what was meant', () => {
    expect(imprimatur('verify', '--jsn', 'x.jpg').err).toContain('Did you mean --json?');
  });

  it('explains itself', () => {
    const run = imprimatur('verify', '--help');
    expect(run.status).toBe(0);
    expect(run.out).toMatch(
      /Exit codes: 0 good; 1 checked and found bad, also when the quorum of the policy is missing; 2 could not be known/,
    );
    expect(imprimatur('help', 'verify').out).toBe(run.out);
  });
});

describe('imprimatur', () => {
  it('lists its commands', () => {
    const run = imprimatur('--help');
    expect(run.status).toBe(0);
    for (const command of ['demo', 'serve', 'verify', 'ledger', 'migrate', 'api', 'worker']) expect(run.out).toContain(`\n  ${command} `);
    expect(imprimatur('help').out).toBe(run.out);
  });

  it('tells its version', () => {
    expect(imprimatur('--version')).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown });
  });

  it.each([
    ['verfy', 'Did you mean verify?'],
    ['sevre', 'Did you mean serve?'],
    ['--verison', 'Did you mean --version?'],
    ['constructor', 'unknown command constructor.'],
  ])('knows what was meant by %s', (word, hint) => {
    const run = imprimatur(word);
    expect(run).toMatchObject({ status: 2, out: '' });
    expect(run.err).toContain(hint);
  });

  it('says how it is used when it is told nothing', () => {
    expect(imprimatur()).toMatchObject({ status: 2, out: '', err: expect.stringContaining('Usage: imprimatur') as unknown });
  });

  it.each(['api', 'worker'])('explains %s, which takes no options', (name) => {
    expect(imprimatur(name, '--help')).toMatchObject({ status: 0, out: expect.stringContaining('DATABASE_URL') as unknown });
    expect(imprimatur(name, '--port', '1')).toMatchObject({ status: 2, out: '' });
  });
});
