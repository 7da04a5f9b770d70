import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LocalLogSigner, type LogSigner, RemoteLogSigner } from '@imprimatur/domain/log-signer';
import { Fault } from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';

/**
 * The signer's process where one is configured, else the files of this home. Either way the verifier keys are pinned in `<home>/trust/logs.vkey`, by
 * this side. Throws Fault LOG_SIGNER_TWICE: a home that was left with a key and a memory of its own must not be forgotten beside a new signer.
 */
export function logSignerOf({ home, logSignerSocket: socket }: Pick<Config, 'home' | 'logSignerSocket'>): LogSigner {
  const folder = join(home, 'signer');
  const trustFile = join(home, 'trust', 'logs.vkey');
  if (socket === undefined) return new LocalLogSigner(folder, trustFile);
  if (!existsSync(folder)) return new RemoteLogSigner({ socket, trustFile });
  const message = `IMPRIMATUR_SIGNER_SOCKET names a log signer, and ${folder} is another one: move the folder to the home of the signer's process, where its memory goes on`;
  throw new Fault({ room: 'worker', code: 'LOG_SIGNER_TWICE', message, safe: true });
}
