import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { keyLock, LogSuccession, Sealing, SubjectKeyRepository } from '@imprimatur/domain/ledger';
import { Fault, systemClock } from '@imprimatur/kernel';
import { type Config, loadConfig } from '@imprimatur/platform/config';
import { prepareDatabase, startEmbeddedPostgres } from '@imprimatur/platform/database';
import { type KeyProvider, keyProviderOf } from '@imprimatur/platform/keys';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { logSignerOf } from './log.signer.js';
import { endingLines, findingLines } from './succeed.words.js';

const FAILED = 2;
const REASON_LENGTH_MAX = 2_000;
const DETAILS = `
After an older backup was restored, the signer refuses the logs: it remembers that it signed more. Then every log goes on under a new origin, and
the first entry that it adds, log.succeeded, says what is missing and why. What was signed under the old origin still verifies, by its old key;
the old origin is never signed again. Stop every worker first. docs/operating/backup-restore.md tells the whole way.

Works on DATABASE_SEQUENCER_URL, or on DATABASE_URL of an administrator, or on the embedded PostgreSQL of this home. Where the signer is a process of
its own, leave it running: it is asked at IMPRIMATUR_SIGNER_SOCKET.

Examples:
  imprimatur ledger succeed --reason "disk failure on 3 May; restored the backup of 2 May, 23:00"
  imprimatur ledger succeed --reason "whole machine lost" --memory-lost --yes
`;

interface Options {
  readonly reason: string;
  readonly memoryLost: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

function reasonText(text: string): string {
  const reason = text.trim();
  if (reason === '' || reason.length > REASON_LENGTH_MAX) throw new InvalidArgumentError(`Give 1 to ${REASON_LENGTH_MAX} characters.`);
  return reason;
}

function program(): Command {
  return new Command('imprimatur ledger succeed')
    .description('Let the logs go on after an older backup was restored, and say so in each of them.')
    .requiredOption('--reason <TEXT>', 'what happened, in your words; sealed, and readable to whoever may read the log', reasonText)
    .option('--memory-lost', 'also where the signer agrees: its memory (<home>/signer) comes from a backup, too', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'the last line is one JSON object', false)
    .addHelpText('after', DETAILS)
    .exitOverride()
    .action(succeed);
}

async function succeed(options: Options): Promise<void> {
  const config = loadConfig();
  const database = await openDatabase(config);
  const keys = keyProviderOf(config, keyLock(database.url));
  try {
    await carryOut(successionOf(config, database.url, keys), options);
  } finally {
    await keys.close();
    database.stop();
  }
}

function successionOf(config: Config, url: string, keys: KeyProvider): LogSuccession {
  return new LogSuccession({
    url,
    signer: logSignerOf(config),
    sealing: new Sealing(new SubjectKeyRepository(), keys),
    logName: config.logName,
    clock: systemClock,
  });
}

async function carryOut(succession: LogSuccession, { reason, memoryLost, yes, json }: Options): Promise<void> {
  const findings = await succession.examine();
  for (const line of findingLines(findings)) say(line);
  if (!findings.isNeeded && !memoryLost) {
    say('Every log grows out of what was signed last: nothing to do.');
    if (json) say(JSON.stringify({ outcome: 'nothing-to-do', installation: findings.installation }));
    return;
  }
  if (!yes) await confirm();
  const done = await succession.succeed({ reason, memoryLost });
  if (!done) throw usage('the database was changed meanwhile, and nothing was done: look again');
  for (const line of endingLines(done)) say(line);
  if (json)
    say(JSON.stringify({ outcome: 'succeeded', installation: done.installation, successor: done.successor, logs: done.logs.length }));
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) throw usage('the old origins will never be signed again: say --yes where nobody can be asked');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Give every log a new origin? The old ones are never signed again. Type yes: ');
  terminal.close();
  if (answer.trim() !== 'yes') throw usage('nothing was done');
}

/** A URL of the sequencer role. A restored schema may be older than this version: it is brought up to date where that may be done. */
async function openDatabase(config: Config): Promise<{ readonly url: string; stop(): void }> {
  if (config.sequencerUrl !== undefined) return { url: config.sequencerUrl, stop: () => undefined };
  const server = config.databaseUrl === undefined ? await startEmbeddedPostgres({ dir: join(config.home, 'postgres') }) : undefined;
  // a server that was running belongs to a service
  const stop = (): void => void (server && !server.reused && server.stop());
  try {
    const { sequencerUrl } = await prepareDatabase(config.databaseUrl ?? server?.adminUrl ?? '', {
      passwordsFile: join(config.home, 'secrets', 'database-roles.json'),
      mayTakeOverRoles: server !== undefined,
    });
    return { url: sequencerUrl, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function usage(message: string): Fault {
  return new Fault({ room: 'worker', code: 'USAGE', message, safe: true });
}

function wordsOf(error: unknown): string {
  if (error instanceof Fault && error.safe) return error.message;
  if ((error as { code?: string }).code === '42P01') return 'the schema is older than this version: run imprimatur migrate first';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

program()
  .parseAsync(process.argv.slice(2), { from: 'user' })
  .catch((error: unknown) => {
    if (error instanceof CommanderError) return void (process.exitCode = error.exitCode === 0 ? 0 : FAILED);
    const message = wordsOf(error);
    process.stderr.write(`imprimatur ledger succeed: ${message}\n`);
    if (process.argv.includes('--json')) say(JSON.stringify({ outcome: 'failed', message }));
    process.exitCode = FAILED;
  });
