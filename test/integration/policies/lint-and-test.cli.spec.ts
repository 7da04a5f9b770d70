import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, BundleCopies, STARTER } from './bundle-copies';

const copies = new BundleCopies();
const policy = copies.policy.bind(copies);
afterAll(() => copies.remove());

describe('imprimatur policy lint', () => {
  it('finds the starter bundle sound', () => {
    const run = policy('lint', STARTER);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /: sound\. starter 1\.0\.0, effective 2026-01-01: \d+ rules, \d+ golden tests, \d+ lexicons\.\n {2}hash [0-9a-f]{64}\n/,
    );
    expect(answerOf(policy('lint', STARTER, '--json'))).toMatchObject({ outcome: 'good', name: 'starter', problems: [] });
  });

  it('tells every fault at once, each by its file and line', () => {
    const folder = copies.copy('faulty');
    copies.change(folder, 'bundle.yaml', "'2026-01-01'", "'2026-02-31'");
    copies.change(folder, 'rules/usage.cedar', 'context.turnsLastHour >=', 'context.turnsLastHuor >=');
    copies.change(folder, 'rules/export.cedar', 'context.approved', '');
    copies.change(folder, 'rules/inspection.cedar', /@id\("([^"]+)"\)/, '@id("usage.rate-limit")');
    copies.change(folder, 'lexicons/sexual-nudity.yaml', '|nude|', 'nu[de');
    copies.change(folder, 'tests/usage.golden.yaml', 'turnsLastHour: 59', 'turnsLastHuor: 59');
    copies.change(folder, 'data/queues.yaml', /priority: \d/, 'priority: urgent');
    writeFileSync(join(folder, 'README.md'), Uint8Array.of(0xff, 0xfe, 0x00));
    writeFileSync(join(folder, 'rules/usage.cedar.bak'), '');
    const run = policy('lint', folder);
    expect(run).toMatchObject({ status: 1, stderr: '' });
    const at = (path: string, text: string): string => `${join(folder, path)}:${copies.lineOf(folder, path, text)}: `;
    for (const place of [
      at('bundle.yaml', '2026-02-31'),
      at('rules/usage.cedar', 'context.turnsLastHuor'),
      at('lexicons/sexual-nudity.yaml', 'nu[de'),
      at('data/queues.yaml', 'priority: urgent'),
      at('tests/usage.golden.yaml', '- name: the sixtieth turn'),
      at('rules/export.cedar', 'when { ! &&'),
      `${join(folder, 'README.md')}: not UTF-8 text`,
      `${join(folder, 'rules/usage.cedar.bak')}: a bundle has no place for this file`,
    ]) {
      expect(run.stdout).toContain(place);
    }
    expect(run.stdout).toMatch(/rules\/usage\.cedar:\d+: usage\.rate-limit: the same @id stands in rules\/inspection\.cedar:\d+/);
    expect(run.stdout.trim().split('\n').at(-1)).toMatch(/: faulty\. \d+ faults found/);
  });

  it('says where a half-written file ends, and does not blame the tests of its rules', () => {
    const folder = copies.copy('half');
    copies.change(folder, 'rules/consent.cedar', /when \{[^}]*\};\s*$/, 'when { context.');
    copies.change(folder, 'data/thresholds.yaml', 'turnsPerHour:', 'turnsPerHour: {');
    const { outcome, problems } = answerOf(policy('lint', folder, '--json'));
    expect(outcome).toBe('bad');
    const told = problems as readonly { code: string; file: string; line: number }[];
    expect(told).toContainEqual(
      expect.objectContaining({
        code: 'RULE_UNPARSABLE',
        file: 'rules/consent.cedar',
        line: copies.lineOf(folder, 'rules/consent.cedar', '\0'),
      }),
    );
    expect(told.some(({ file }) => file === 'data/thresholds.yaml')).toBe(true);
    expect(told.filter(({ code }) => code === 'RULE_UNKNOWN')).toEqual([]);
  });

  it('finds the rule that no test misses', () => {
    const folder = copies.copy('untested');
    copies.change(folder, 'tests/export.golden.yaml', /miss:[\s\S]*/, 'miss: []\n');
    const run = policy('lint', folder);
    const line = copies.lineOf(folder, 'rules/export.cedar', '@id("export.not-approved")');
    expect(run.status).toBe(1);
    expect(run.stdout).toContain(
      `${join(folder, 'rules/export.cedar')}:${line}: export.not-approved: no golden test shows a miss [RULE_UNTESTED]`,
    );
  });

  it.each([
    ['a folder that is not there', () => copies.at('nowhere'), 'ENOENT'],
    ['a file', () => join(STARTER, 'bundle.yaml'), 'is no folder'],
    ['a folder without a bundle', () => (mkdirSync(copies.at('empty')), copies.at('empty')), 'holds no policy bundle'],
    ['a loop of links', () => (symlinkSync('loop', copies.at('loop')), copies.at('loop')), 'ELOOP'],
    ['a bundle with a link in it', () => withLink(copies.copy('linked')), 'is neither a file nor a folder'],
  ])('cannot read %s', (_, make, words) => {
    const folder = make();
    for (const command of ['lint', 'test']) {
      const run = policy(command, folder, '--json');
      expect(run.status).toBe(2);
      expect(run.stderr).toContain(words);
      expect(answerOf(run)).toMatchObject({ outcome: 'failed' });
    }
  });
});

function withLink(folder: string): string {
  rmSync(join(folder, 'rules/export.cedar'));
  symlinkSync(join(STARTER, 'rules/export.cedar'), join(folder, 'rules/export.cedar'));
  return folder;
}

describe('imprimatur policy test', () => {
  it('passes the starter bundle, whose tests notice every small mistake', () => {
    const run = policy('test', STARTER, '--mutate');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^(\d{3,}) mistakes made: \1 noticed, 0 not\n\d+ passed, 0 failed\n$/);
  });

  it('tells one line per test that fails, with what came out and what should have', () => {
    const folder = copies.copy('loosened');
    copies.change(folder, 'data/thresholds.yaml', 'value: 60', 'value: 61');
    const run = policy('test', folder, '--rule', 'usage.rate-limit');
    expect(run.status).toBe(1);
    const lines = run.stdout.trim().split('\n');
    expect(lines[0]).toMatch(
      /tests\/usage\.golden\.yaml:\d+: usage\.rate-limit, hit '.+': outcome pass, expected throttle; rules \[\], expected \[usage\.rate-limit\]/,
    );
    expect(lines.at(-1)).toMatch(/^\d+ passed, [1-9]\d* failed$/);
    expect(answerOf(policy('test', folder, '--json'))).toMatchObject({
      outcome: 'bad',
      failures: [{ rule: 'usage.rate-limit', expected: { outcome: 'throttle' }, actual: { outcome: 'pass', rules: [] } }],
      mutants: null,
    });
  });

  it('names the mistake that no test of the rule would notice', () => {
    const folder = copies.copy('careless');
    // without the case at the limit itself, a limit one off shows nowhere
    copies.change(folder, 'tests/usage.golden.yaml', /turnsLastHour: 60 \}[\s\S]*?miss:/, 'turnsLastHour: 90 }\n    miss:');
    const run = policy('test', folder, '--mutate', '--rule', 'usage.rate-limit');
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('usage.rate-limit: no test of the rule notices that >= became >');
    expect(run.stdout).toMatch(/mistakes made: \d+ noticed, 1 not\n\d+ passed, 0 failed\n$/);
    expect(answerOf(policy('test', folder, '--mutate', '--rule', 'usage.rate-limit', '--json'))).toMatchObject({
      outcome: 'bad',
      mutants: { survived: [{ rule: 'usage.rate-limit', change: '>= became >' }] },
    });
  });

  it('runs nothing on a faulty bundle, and knows no rule that is not there', () => {
    const folder = copies.copy('broken');
    copies.change(folder, 'rules/export.cedar', 'forbid', 'permit');
    const run = policy('test', folder);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('[RULE_NOT_FORBID]');
    expect(run.stdout).not.toContain('passed');
    const unknown = policy('test', STARTER, '--rule', 'usage.rate');
    expect(unknown).toMatchObject({
      status: 2,
      stderr: 'imprimatur policy test: starter has no rule usage.rate; near it: usage.rate-limit\n',
    });
  });
});
