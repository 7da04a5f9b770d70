import { rmSync } from 'node:fs';
import net from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { Fault } from '@imprimatur/kernel';
import { type Config, loadConfig } from '@imprimatur/platform/config';
import { removeEmbeddedPostgres } from '@imprimatur/platform/database';
import { SupervisedApp } from './children.js';
import { openDatabase, type ServiceDatabase } from './database.js';
import { lockHome } from './lock.js';
import { findRunning, removeRunFile, writeRunFile } from './run-file.js';

const HELP = `Usage: imprimatur serve [options]

Starts PostgreSQL (unless DATABASE_URL names one), prepares roles and schema, and keeps one api and one worker running.
Everything is kept under the home folder; Ctrl-C stops all of it, and the next start goes on where it was.

  --port NUMBER   port of the api, 0 for any free one (default: $PORT or 4080)
  --home DIR      data of the installation (default: $IMPRIMATUR_HOME or ./.imprimatur)
  --reset         delete the home folder first; asks, unless --yes is given
  --yes           do not ask
  --quiet         print nothing but errors
  --help          this text

docs/operating.md lists the environment variables.
`;

interface Options {
  readonly config: Config;
  readonly reset: boolean;
  readonly yes: boolean;
  readonly quiet: boolean;
}

function readOptions(): Options | 'help' {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      home: { type: 'string' },
      reset: { type: 'boolean', default: false },
      yes: { type: 'boolean', short: 'y', default: false },
      quiet: { type: 'boolean', short: 'q', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const env = { ...process.env };
  if (values.port !== undefined) env.PORT = values.port;
  if (values.home !== undefined) env.IMPRIMATUR_HOME = resolve(values.home);
  return { config: loadConfig(env), reset: values.reset, yes: values.yes, quiet: values.quiet };
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const { config } = options;
  const say = (line: string): void => void (options.quiet || process.stdout.write(`${line}\n`));
  const release = lockHome(config.home);
  if (typeof release === 'number') {
    const running = findRunning(config.home);
    throw usage(
      `a service runs on ${config.home} already (process ${release}${running ? `, ${running.url}` : ''}): use it, stop it, or give --home`,
    );
  }
  try {
    if (options.reset) await reset(config.home, options.yes, say);
    await refuseBusyPort(config);
    return await supervise(config, say);
  } finally {
    release();
  }
}

/** Runs until a signal; answers the exit code. */
async function supervise(config: Config, say: (line: string) => void): Promise<number> {
  const stopped = stopRequested();
  const database = await openDatabase(config);
  const apps: SupervisedApp[] = [];
  try {
    say(`${database.words}${database.migrated.length > 0 ? `, ${database.migrated.length} migrations run` : ', schema up to date'}`);
    let giveUp: (code: number) => void = () => undefined;
    const useless = new Promise<number>((resolveUseless) => (giveUp = resolveUseless));
    const env = childEnv(config, database);
    for (const app of ['api', 'worker'] as const) {
      // only the worker may integrate the ledger
      const own = app === 'api' ? { ...env, DATABASE_SEQUENCER_URL: undefined } : env;
      apps.push(new SupervisedApp(app, own, say, () => giveUp(2)));
    }
    const ready = await Promise.race([Promise.all(apps.map((app) => app.start())), stopped.then(() => null)]);
    if (ready === null) return 0;
    const url = ready[0]?.url ?? '';
    writeRunFile(config.home, { pid: process.pid, url, startedAt: new Date().toISOString() });
    for (const line of ready.flatMap(({ lines }) => lines)) say(line);
    say(`\nReady. Ctrl-C stops it; data stays in ${config.home}.`);
    return await Promise.race([stopped, useless]);
  } finally {
    removeRunFile(config.home);
    await Promise.all(apps.map((app) => app.stop()));
    database.stop();
    say('Stopped.');
  }
}

function childEnv(config: Config, database: ServiceDatabase): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, IMPRIMATUR_HOME: config.home, PORT: String(config.port), DATABASE_URL: database.appUrl };
  if (database.sequencerUrl !== undefined) env.DATABASE_SEQUENCER_URL = database.sequencerUrl;
  return env;
}

/** Resolves with the exit code once; a second signal is the impatient user's and ends at once. */
function stopRequested(): Promise<number> {
  return new Promise((resolveStop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolveStop(0));
  });
}

async function refuseBusyPort(config: Config): Promise<void> {
  if (config.port === 0) return;
  await new Promise<void>((free, busy) => {
    const probe = net.createServer();
    probe.once('error', () =>
      busy(usage(`port ${config.port} on ${config.host} is taken: give --port another one, or 0 for any free one`)),
    );
    probe.listen(config.port, config.host, () => probe.close(() => free()));
  });
}

async function reset(home: string, sure: boolean, say: (line: string) => void): Promise<void> {
  if (!sure) {
    if (!process.stdin.isTTY) throw usage(`--reset deletes ${home}: say --yes where nobody can be asked`);
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(`Delete ${home} with its database, ledger and keys? Type yes: `);
    terminal.close();
    if (answer.trim() !== 'yes') throw usage('nothing was deleted');
  }
  removeEmbeddedPostgres(`${home}/postgres`);
  for (const part of ['blobs', 'keys', 'pki', 'secrets', 'signer', 'trust', 'witness'])
    rmSync(`${home}/${part}`, { recursive: true, force: true });
  say(`${home} is empty again`);
}

function usage(message: string): Fault {
  return new Fault({ room: 'serve', code: 'USAGE', message, safe: true });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const safe = error instanceof Fault && error.safe;
    process.stderr.write(
      `imprimatur serve: ${error instanceof Error ? (safe ? error.message : (error.stack ?? error.message)) : String(error)}\n`,
    );
    process.exit(2);
  },
);
