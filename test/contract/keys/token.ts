import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIBRARIES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

/** A SoftHSM2 token of its own. */
export interface Token {
  readonly library: string;
  readonly token: string;
  readonly pin: string;
  remove(): void;
}

/** What is missing here; null: nothing. */
export function missingForTokens(): string | null {
  if (!LIBRARIES.some((path) => existsSync(path))) return 'softhsm2 is not installed (apt-get install softhsm2)';
  try {
    createRequire(__filename).resolve('pkcs11js');
    return null;
  } catch {
    return 'pkcs11js is not installed (npm install --no-save --ignore-scripts=false pkcs11js@2.1.7)';
  }
}

/** SoftHSM reads SOFTHSM2_CONF once per process, when its library is first loaded: one token folder per test process. */
export function makeToken(label = 'imprimatur test'): Token {
  const folder = mkdtempSync(join(tmpdir(), 'imprimatur-token-'));
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(
    join(folder, 'softhsm2.conf'),
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env.SOFTHSM2_CONF = join(folder, 'softhsm2.conf');
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', '1234', '--so-pin', '5678'], { stdio: 'ignore' });
  return {
    library: LIBRARIES.find((path) => existsSync(path)) ?? '',
    token: label,
    pin: '1234',
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
