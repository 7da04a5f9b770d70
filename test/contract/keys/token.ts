import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

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

/** A token in the folder of this run (see global-setup); `label` is its alone. */
export function makeToken(label: string): Token {
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', '1234', '--so-pin', '5678'], { stdio: 'ignore' });
  return { library: LIBRARIES.find((path) => existsSync(path)) ?? '', token: label, pin: '1234' };
}
