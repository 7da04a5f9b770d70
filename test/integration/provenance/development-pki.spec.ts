import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentPki } from '@imprimatur/domain/provenance';
import { type Clock, systemClock } from '@imprimatur/kernel';

const homes: string[] = [];
const newHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-pki-'));
  homes.push(home);
  return home;
};
afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true, force: true })));

const DAY_MS = 86_400_000;
const inDays = (days: number): Clock => ({ now: () => new Date(systemClock.now().getTime() + days * DAY_MS) });
const leafOf = (pem: string): X509Certificate => new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')));

describe('the development CA', () => {
  it('keeps keys to itself and publishes certificates', async () => {
    const home = newHome();
    await ensureDevelopmentPki(home, systemClock);
    expect(statSync(join(home, 'pki')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(home, 'pki'))) expect(statSync(join(home, 'pki', name)).mode & 0o777).toBe(0o600);
    for (const name of ['anchors.pem', 'tsa.pem']) {
      expect(statSync(join(home, 'trust', name)).mode & 0o777).toBe(0o644);
      expect(readFileSync(join(home, 'trust', name), 'utf8')).not.toContain('PRIVATE KEY');
    }
  });

  it('issues a signer as the profile of C2PA asks', async () => {
    const { claimSigning, root } = await ensureDevelopmentPki(newHome(), systemClock);
    const leaf = leafOf(claimSigning);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.4.1.62558.2.1', '1.3.6.1.5.5.7.3.4']);
    expect((new Date(leaf.validTo).getTime() - systemClock.now().getTime()) / DAY_MS).toBeLessThanOrEqual(365);
    expect(leaf.subject.split('\n').map((part) => part.split('=')[0])).toEqual(['CN', 'O', 'C']);
    expect(claimSigning.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(claimSigning).not.toContain(root.trim());
  });

  it('is the same one the next time', async () => {
    const home = newHome();
    expect(await ensureDevelopmentPki(home, systemClock)).toEqual(await ensureDevelopmentPki(home, systemClock));
  });

  it('is one, whoever asks first', async () => {
    const home = newHome();
    const room = join(__dirname, '../../../dist/libs/domain/provenance/src/index.js');
    const script = `require(${JSON.stringify(room)}).ensureDevelopmentPki(${JSON.stringify(home)}, { now: () => new Date() }).then((pki) => process.stdout.write(pki.root + pki.claimSigning))`;
    const printed = await Promise.all(
      Array.from(
        { length: 4 },
        () =>
          new Promise<string>((resolve, reject) => {
            const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
            let text = '';
            child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
            child.once('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(`ended with ${code}`))));
          }),
      ),
    );
    expect(new Set(printed).size).toBe(1);
    expect(readdirSync(home).sort()).toEqual(['pki', 'trust']);
    expect(readFileSync(join(home, 'trust', 'anchors.pem'), 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  });

  it('renews a signer before it expires, under the same root, and leaves the operator’s anchors alone', async () => {
    const home = newHome();
    const first = await ensureDevelopmentPki(home, systemClock);
    const anchors = join(home, 'trust', 'anchors.pem');
    const theirs = `# ours as well\n${readFileSync(anchors, 'utf8')}`;
    writeFileSync(anchors, theirs);
    const later = await ensureDevelopmentPki(home, inDays(340));
    expect(later.root).toBe(first.root);
    expect(leafOf(later.claimSigning).serialNumber).not.toBe(leafOf(first.claimSigning).serialNumber);
    expect(later.timeStamping).toBe(first.timeStamping);
    expect(readFileSync(anchors, 'utf8')).toBe(theirs);
  });

  it('says what to do when the CA itself is at its end', async () => {
    const home = newHome();
    await ensureDevelopmentPki(home, systemClock);
    await expect(ensureDevelopmentPki(home, inDays(1_820))).rejects.toMatchObject({ code: 'PKI_EXPIRED', safe: true });
  });
});
