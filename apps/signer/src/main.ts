import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StatefulSigner } from '@imprimatur/domain/log-signer';
import { installationOrigin } from '@imprimatur/formats/ledger';
import { Fault, toBase64 } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { FolderHold, KeyRing } from '@imprimatur/platform/signing';
import { Command, CommanderError } from 'commander';
import { signerServer } from './signer.server.js';
import { close, listenOn } from './signer.socket.js';

const FAILED = 2;
const DETAILS = `
The log's keys are files of <home>/signer: log.key, log.2.key and so on. Every key that is there signs, so that whoever pinned the old one and
whoever pinned the new one are both served. The verifier keys of every log are in <home>/trust/logs.vkey.

To rotate: run rotate, restart every worker (or serve, where that signs), hand trust/logs.vkey out, wait until everybody has it, move the old key's
file away, restart again. Keep the old verifier keys: receipts from before are signed by the old key.
`;
const SERVE_DETAILS = `
Without it a worker signs by the files of its own home, and whoever owns the worker owns the log's key. Run this as another user, with a home of its
own, and give the worker the socket:

  imprimatur ledger signer serve --home /var/lib/imprimatur-signer --socket /run/imprimatur-signer/signer.sock --group-access
  IMPRIMATUR_SIGNER_SOCKET=/run/imprimatur-signer/signer.sock imprimatur worker

It has <home>/signer (keys, and what was signed last) and <home>/trust/logs.vkey (the verifier keys of what it signed: hand that file out). It signs
what grew out of what it signed last, and nothing else. It needs no database and no network. A worker that cannot reach it goes on taking entries in,
and has them signed when it is back. docs/operating.md tells the setup and how to move an existing home.

The socket is 0600 in a folder of 0700: for this user alone. With --group-access it is 0660 in 0710, for the group of this process, too; a folder that
is there already is left as it is, and refused where others may write to it.
`;

interface Options {
  readonly home?: string;
}

interface ServeOptions extends Options {
  readonly socket?: string;
  readonly groupAccess: boolean;
}

function program(): Command {
  const root = new Command('imprimatur ledger signer').description('The keys that sign the log.').addHelpText('after', DETAILS);
  const withHome = (command: Command): Command =>
    command.option('--home <DIR>', 'of the signer (default: $IMPRIMATUR_HOME or ./.imprimatur)');
  withHome(root.command('serve').description('Sign for the workers over a Unix socket, until stopped: only this process needs the key.'))
    .option('--socket <PATH>', 'to listen on (default: $IMPRIMATUR_SIGNER_SOCKET or <home>/run/log-signer/signer.sock)')
    .option('--group-access', 'the group of this process may connect, too', false)
    .addHelpText('after', SERVE_DETAILS)
    .action((options: ServeOptions) => serve(options));
  withHome(root.command('keys').description('List the keys, and the verifier keys of log 0.')).action((options: Options) =>
    printKeys(homeThatIs(options)),
  );
  withHome(root.command('rotate').description('Add a key. Restart what signs; both keys sign until you move the old file away.')).action(
    (options: Options) => {
      const home = homeThatIs(options);
      new KeyRing(join(home, 'signer'), 'log').rotate();
      const signer = signerOf(home);
      signer.pin(originsInUse(signer));
      printKeys(home);
    },
  );
  for (const command of [root, ...root.commands]) command.exitOverride();
  return root;
}

async function serve(options: ServeOptions): Promise<void> {
  const config = loadConfig();
  const home = homeOf(options);
  const path = resolve(options.socket ?? config.logSignerSocket ?? join(home, 'run', 'log-signer', 'signer.sock'));
  const hold = FolderHold.take(join(home, 'signer'));
  try {
    const server = signerServer(signerOf(home), hold, (error) => process.stderr.write(`imprimatur ledger signer: ${wordsOf(error)}\n`));
    await listenOn(server, { path, groupAccess: options.groupAccess });
    const stopped = stopRequested();
    process.stdout.write(`log signer of ${home} at ${path}\n`);
    await stopped;
    await close(server);
  } finally {
    hold.release();
  }
}

function stopRequested(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  });
}

function homeOf({ home }: Options): string {
  return home === undefined ? loadConfig().home : resolve(home);
}

/** Throws Fault SIGNER_ABSENT: looking must not make a key in a folder that was mistaken. */
function homeThatIs(options: Options): string {
  const home = homeOf(options);
  if (existsSync(join(home, 'signer'))) return home;
  throw new Fault({ room: 'signer', code: 'SIGNER_ABSENT', message: `${home} has no signer: nothing was ever signed there`, safe: true });
}

function signerOf(home: string): StatefulSigner {
  return new StatefulSigner(join(home, 'signer'), join(home, 'trust', 'logs.vkey'));
}

/** Those of installations that were not succeeded. */
function originsInUse(signer: StatefulSigner): readonly string[] {
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
  for (const vkey of logZero.flatMap((origin) => signer.vkeys(origin).all)) process.stdout.write(`${vkey}\n`);
}

function wordsOf(error: unknown): string {
  if (error instanceof Fault && error.safe) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// a reader that stops listening, as `| head` does, is no fault of ours
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

program()
  .parseAsync(process.argv.slice(2), { from: 'user' })
  .catch((error: unknown) => {
    if (error instanceof CommanderError) return void (process.exitCode = error.exitCode === 0 ? 0 : FAILED);
    process.stderr.write(`imprimatur ledger signer: ${wordsOf(error)}\n`);
    process.exitCode = FAILED;
  });
