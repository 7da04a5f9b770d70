import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LogSigner } from '@imprimatur/domain/ledger';
import { installationOrigin } from '@imprimatur/formats/ledger';
import { Fault, toBase64 } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { KeyRing } from '@imprimatur/platform/signing';
import { Command, CommanderError } from 'commander';

const FAILED = 2;
const DETAILS = `
The log's keys are files of <home>/signer: log.key, log.2.key and so on. Every key that is there signs, so that whoever pinned the old one and
whoever pinned the new one are both served. The verifier keys of every log are in <home>/trust/logs.vkey.

To rotate: run rotate, restart every worker, hand trust/logs.vkey out, wait until everybody has it, move the old key's file away, restart again.
Keep the old verifier keys: receipts from before are signed by the old key.
`;

interface Options {
  readonly home?: string;
}

function program(): Command {
  const root = new Command('imprimatur ledger signer').description('The keys that sign the log.').addHelpText('after', DETAILS);
  const withHome = (command: Command): Command =>
    command.option('--home <DIR>', 'of the installation (default: $IMPRIMATUR_HOME or ./.imprimatur)');
  withHome(root.command('keys').description('List the keys, and the verifier keys of log 0.')).action((options: Options) =>
    printKeys(homeOf(options)),
  );
  withHome(root.command('rotate').description('Add a key. Restart every worker; both keys sign until you move the old file away.')).action(
    (options: Options) => {
      const home = homeOf(options);
      new KeyRing(join(home, 'signer'), 'log').rotate();
      const signer = signerOf(home);
      signer.pin(originsInUse(signer));
      printKeys(home);
    },
  );
  for (const command of [root, ...root.commands]) command.exitOverride();
  return root;
}

/** Throws Fault SIGNER_ABSENT: looking must not make a key in a folder that was mistaken. */
function homeOf({ home: wanted }: Options): string {
  const home = wanted === undefined ? loadConfig().home : resolve(wanted);
  if (existsSync(join(home, 'signer'))) return home;
  throw new Fault({ room: 'worker', code: 'SIGNER_ABSENT', message: `${home} has no signer: nothing was ever signed there`, safe: true });
}

function signerOf(home: string): LogSigner {
  return new LogSigner(join(home, 'signer'), join(home, 'trust', 'logs.vkey'));
}

/** Those of installations that were not succeeded. */
function originsInUse(signer: LogSigner): readonly string[] {
  return signer
    .remembered()
    .map(({ origin }) => origin)
    .filter((origin) => signer.successorsOf(installationOrigin(origin) ?? '').length === 0)
    .sort();
}

function printKeys(home: string): void {
  const keys = new KeyRing(join(home, 'signer'), 'log').keys();
  for (const { generation, publicKey } of keys) {
    const file = generation === 1 ? 'log.key' : `log.${generation}.key`;
    process.stdout.write(`${file}  ed25519 ${toBase64(publicKey)}${generation === keys.at(-1)?.generation ? '  current' : ''}\n`);
  }
  const signer = signerOf(home);
  const logZero = originsInUse(signer).filter((origin) => origin.endsWith('/0'));
  for (const vkey of logZero.flatMap((origin) => signer.vkeys(origin))) process.stdout.write(`${vkey}\n`);
}

program()
  .parseAsync(process.argv.slice(2), { from: 'user' })
  .catch((error: unknown) => {
    if (error instanceof CommanderError) return void (process.exitCode = error.exitCode === 0 ? 0 : FAILED);
    const isSafe = error instanceof Fault && error.safe;
    const words = error instanceof Error ? (isSafe ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`imprimatur ledger signer: ${words}\n`);
    process.exitCode = FAILED;
  });
