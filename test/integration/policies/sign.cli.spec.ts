import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, BIN, BundleCopies } from './bundle-copies';

const copies = new BundleCopies();
const policy = copies.policy.bind(copies);
afterAll(() => copies.remove());

/** Writes both halves as PEM; answers the text of the private one. */
function newKey(name: string, kind: 'ed25519' | 'x25519' = 'ed25519'): string {
  const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  writeFileSync(copies.at(`${name}.pem`), pem);
  writeFileSync(copies.at(`${name}.pub.pem`), pair.publicKey.export({ format: 'pem', type: 'spki' }));
  return pem;
}
const sign = (folder: string, key: string, ...more: string[]) => policy('sign', folder, '--key', copies.at(`${key}.pem`), ...more);
const verify = (folder: string, key: string, ...more: string[]) => policy('verify', folder, '--key', copies.at(`${key}.pub.pem`), ...more);

describe('imprimatur policy sign and verify', () => {
  let secret: string;
  beforeAll(() => {
    secret = newKey('legal');
    newKey('stranger');
  });

  it('signs what is sound, and notices every change after that', () => {
    const folder = copies.copy('signed');
    expect(verify(folder, 'legal')).toMatchObject({ status: 2, stderr: '' });
    const run = sign(folder, 'legal');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    for (const line of secret.split('\n').filter((each) => each.length > 20)) expect(run.stdout + run.stderr).not.toContain(line);
    expect(verify(folder, 'legal').status).toBe(0);
    expect(policy('lint', folder).stdout).toContain('bundle.sig names this content');
    const signature = readFileSync(join(folder, 'bundle.sig'), 'utf8');

    expect(answerOf(verify(folder, 'stranger', '--json'))).toMatchObject({ outcome: 'bad', status: 'other key' });
    copies.change(folder, 'data/thresholds.yaml', 'value: 60', 'value: 600');
    expect(answerOf(verify(folder, 'legal', '--json'))).toMatchObject({ outcome: 'bad', status: 'other content' });
    copies.change(folder, 'data/thresholds.yaml', 'value: 600', 'value: 60');
    writeFileSync(join(folder, 'README.md.orig'), '');
    expect(verify(folder, 'legal').status).toBe(1);
    rmSync(join(folder, 'README.md.orig'));
    writeFileSync(join(folder, 'extra.bin'), Uint8Array.of(0xff));
    expect(verify(folder, 'legal').status).toBe(1);
    rmSync(join(folder, 'extra.bin'));
    writeFileSync(join(folder, 'bundle.sig'), signature.slice(0, 70));
    expect(answerOf(verify(folder, 'legal', '--json'))).toMatchObject({ outcome: 'bad', status: 'unreadable' });
    writeFileSync(join(folder, 'bundle.sig'), signature);
    expect(verify(folder, 'legal').status).toBe(0);
  });

  it('replaces another signature only when it is told to', () => {
    const folder = copies.copy('twice');
    expect(sign(folder, 'legal').status).toBe(0);
    const first = readFileSync(join(folder, 'bundle.sig'), 'utf8');
    expect(sign(folder, 'legal').status).toBe(0); // the same again
    const refused = sign(folder, 'stranger', '--json');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('holds another signature');
    expect(readFileSync(join(folder, 'bundle.sig'), 'utf8')).toBe(first);
    copies.change(folder, 'CHANGELOG.md', 'First version.', 'The first version.');
    expect(sign(folder, 'legal').status).toBe(2); // over other content
    expect(sign(folder, 'legal', '--force').status).toBe(0);
    expect(verify(folder, 'legal').status).toBe(0);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('leaves one whole signature when two sign at once', async () => {
    const folder = copies.copy('race');
    const started = ['legal', 'stranger', 'legal', 'stranger'].map(
      (key) =>
        new Promise<{ key: string; code: number | null }>((resolve, reject) => {
          const child = spawn(process.execPath, [BIN, 'policy', 'sign', folder, '--key', copies.at(`${key}.pem`)], { stdio: 'ignore' });
          child.on('error', reject).on('close', (code) => resolve({ key, code }));
        }),
    );
    const ended = await Promise.all(started);
    const winners = new Set(ended.filter(({ code }) => code === 0).map(({ key }) => key));
    expect(winners.size).toBe(1);
    expect(ended.every(({ code }) => code === 0 || code === 2)).toBe(true);
    expect(verify(folder, [...winners][0] ?? '').status).toBe(0);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it.each([
    ['is faulty', 'rules/export.cedar', 'forbid', 'permit', 'RULE_NOT_FORBID'],
    ['fails its tests', 'data/thresholds.yaml', 'value: 60', 'value: 61', 'expected throttle'],
  ])('does not sign what %s', (_, path, from, to, words) => {
    const folder = copies.copy(`unsound-${words.length}`);
    copies.change(folder, path, from, to);
    const run = sign(folder, 'legal', '--force');
    expect(run.status).toBe(1);
    expect(run.stdout).toContain(words);
    expect(existsSync(join(folder, 'bundle.sig'))).toBe(false);
  });

  it('takes no other kind of key, and shows none', () => {
    const folder = copies.copy('keys');
    newKey('exchange', 'x25519');
    writeFileSync(copies.at('half.pem'), secret.slice(0, 60));
    for (const key of ['exchange', 'half', 'absent']) {
      const run = sign(folder, key);
      expect(run.status).toBe(2);
      expect(run.stdout + run.stderr).not.toContain(secret.slice(30, 58));
    }
    const swapped = policy('verify', folder, '--key', copies.at('legal.pem'));
    expect(swapped.status).toBe(2);
    expect(swapped.stderr).toContain('is a private key');
    expect(existsSync(join(folder, 'bundle.sig'))).toBe(false);
  });
});
