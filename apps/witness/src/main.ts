import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type LogKey, parseVkey } from '@imprimatur/formats/merkle';
import { Fault, systemClock } from '@imprimatur/kernel';
import { KeyRing } from '@imprimatur/platform/signing';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { sha256, Witness } from './witness.js';
import { serveWitness } from './witness.server.js';

const FAILED = 2;
const DETAILS = `
A witness remembers the newest checkpoint it cosigned of each log, on disk, and cosigns only what grew out of it: a log that was cut, rolled back
or forked is refused. It speaks C2SP tlog-witness (POST /add-checkpoint) and can watch any log that does. It is worth something to those who
trust whoever runs it: run it on another machine, by other people, than the log.

Give --log the verifier key of log 0 (GET <service>/log/0/log.vkey), and the service a policy file with the printed line:
  IMPRIMATUR_WITNESS_POLICY=witnesses.policy

Examples:
  imprimatur ledger witness serve --name witness.example.org/1 --log log0.vkey
  imprimatur ledger witness rotate --name witness.example.org/1
`;

interface Options {
  readonly name: string;
  readonly folder: string;
  readonly log?: readonly LogKey[];
  readonly host: string;
  readonly port: number;
}

function logKeys(keyOrFile: string, before: readonly LogKey[] = []): readonly LogKey[] {
  const lines = existsSync(keyOrFile)
    ? readFileSync(keyOrFile, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
    : [keyOrFile];
  const keys = lines.map((line) => parseVkey(sha256, line));
  if (keys.length === 0 || keys.includes(null)) throw new InvalidArgumentError('Neither a verifier key of a log nor a file of them.');
  return [...before, ...keys.filter((key) => key !== null)];
}

function witnessName(text: string): string {
  if (!/^[^\s+]{1,200}$/.test(text)) throw new InvalidArgumentError('A name has no spaces and no plus: witness.example.org/1');
  return text;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('Give a port from 0 (any free one) to 65535.');
  return port;
}

function program(): Command {
  const root = new Command('imprimatur ledger witness').description('A cosigner for transparency logs.').addHelpText('after', DETAILS);
  const withHome = (command: Command): Command =>
    command
      .requiredOption('--name <NAME>', 'by which policies call it, such as witness.example.org/1', witnessName)
      .option('--folder <DIR>', 'its keys and its memory', './witness');
  withHome(root.command('serve').description('Cosign checkpoints over HTTP, until stopped.'))
    .requiredOption('--log <VKEY>', 'verifier key of a log to watch, or a file of them; repeatable', logKeys)
    .option('--host <ADDRESS>', 'to listen on', '127.0.0.1')
    .option('--port <NUMBER>', 'to listen on; 0: any free one', portNumber, 4090)
    .action((options: Options) => serve(options));
  withHome(root.command('key').description('Print its verifier keys; the last is the current one.')).action((options: Options) =>
    printKeys(options),
  );
  withHome(
    root.command('rotate').description('Add a key. Both cosign until you remove the file of the old one; restart a running witness.'),
  ).action((options: Options) => {
    new KeyRing(join(resolve(options.folder), 'keys'), 'witness').rotate();
    printKeys(options);
  });
  for (const command of [root, ...root.commands]) command.exitOverride();
  return root;
}

function witnessOf({ name, folder, log = [] }: Options): Witness {
  return new Witness({ name, folder: resolve(folder), logs: log, clock: systemClock });
}

function printKeys(options: Options): void {
  process.stdout.write(`${witnessOf(options).vkeys().join('\n')}\n`);
}

async function serve(options: Options): Promise<void> {
  const release = lock(resolve(options.folder));
  const witness = witnessOf(options);
  const running = await serveWitness(witness, options, (error) => process.stderr.write(`imprimatur: ${wordsOf(error)}\n`));
  process.stdout.write(`witness ${options.name} at ${running.url}, watching ${(options.log ?? []).map(({ name }) => name).join(', ')}\n`);
  for (const vkey of witness.vkeys()) process.stdout.write(`witness ${options.name.replace(/[^a-z0-9]/gi, '-')} ${vkey} ${running.url}\n`);
  await new Promise<void>((stopped) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped());
  });
  await running.stop();
  release();
}

/** Two witnesses over one memory could each cosign a branch of their own. */
function lock(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'witness.pid');
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new Fault({ room: 'witness', code: 'WITNESS_RUNNING', message: `process ${holder} serves this folder already`, safe: true });
  }
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
    const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    process.stderr.write(`imprimatur: ${isBusy ? 'the port is taken: give --port another one, or 0' : wordsOf(error)}\n`);
    process.exitCode = FAILED;
  });
