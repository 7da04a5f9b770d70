import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDataSource, removeEmbeddedPostgres, UnitOfWork } from '@imprimatur/platform/database';
import type { TestDatabase } from './database';
import { PostgresProxy } from './postgres-proxy';
import { until } from './service';

interface Started {
  readonly adminUrl: string;
  readonly appUrl: string;
  readonly sequencerUrl: string;
  readonly auditorUrl: string;
  readonly migratorUrl: string;
  readonly data: string;
  readonly postmaster: number;
  readonly isDurable: boolean;
}

/** A PostgreSQL that can be killed and started again, always at one address. */
export class OwnCluster {
  private constructor(
    private readonly dir: string,
    private readonly proxy: PostgresProxy,
    private started: Started,
    readonly database: TestDatabase,
  ) {}

  static async start(): Promise<OwnCluster> {
    const dir = mkdtempSync(join(tmpdir(), 'imprimatur-cluster-'));
    const started = await startServer(dir);
    const proxy = await PostgresProxy.start(started.adminUrl);
    return new OwnCluster(dir, proxy, started, await databaseOf(started, proxy));
  }

  /** Whether a commit that was answered is on disk: the server's own settings. */
  get isDurable(): boolean {
    return this.started.isDurable;
  }

  /** kill -9 of the server and of every process of it, at once. */
  async kill(): Promise<void> {
    const { postmaster, data } = this.started;
    const children = await this.database.asAdmin<{ pid: number }>('select pid from pg_stat_activity where pid <> pg_backend_pid()');
    const pids = [postmaster, ...children.map(({ pid }) => pid)];
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await until(
      () => Promise.resolve(pids.filter(isAlive)),
      (alive) => alive.length === 0,
      20_000,
    );
    // where nobody reaps it the dead server keeps its number, and the next one would take it for alive
    if (existsInTable(postmaster)) rmSync(join(data, 'postmaster.pid'), { force: true });
  }

  async restart(): Promise<void> {
    this.started = await startServer(this.dir);
    this.proxy.targetPort = Number(new URL(this.started.adminUrl).port);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.proxy.stop();
    removeEmbeddedPostgres(this.dir);
  }
}

/** A process of its own, so that jest's module system stays out of it. */
async function startServer(dir: string): Promise<Started> {
  const child = spawn(process.execPath, [join(__dirname, 'own-cluster.cjs'), dir]);
  const said: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (chunk: Buffer) => (said[stream] += chunk.toString()));
  const code = await new Promise((ended) => child.once('close', ended));
  if (code !== 0) throw new Error(`PostgreSQL did not start: ${said.stderr}`);
  return JSON.parse(said.stdout) as Started;
}

async function databaseOf(started: Started, proxy: PostgresProxy): Promise<TestDatabase> {
  const urls = {
    adminUrl: proxy.url(started.adminUrl),
    appUrl: proxy.url(started.appUrl),
    sequencerUrl: proxy.url(started.sequencerUrl),
    auditorUrl: proxy.url(started.auditorUrl),
    migratorUrl: proxy.url(started.migratorUrl),
  };
  const dataSource = await createDataSource(urls.appUrl, { poolMax: 12, applicationName: 'imprimatur-test' });
  return {
    name: new URL(started.appUrl).pathname.slice(1),
    ...urls,
    dataSource,
    unitOfWork: new UnitOfWork(dataSource),
    asAdmin: async <Row>(sql: string, values: unknown[] = []) => {
      const client = new Client({ connectionString: urls.adminUrl });
      client.on('error', () => undefined); // the query under way reports it
      await client.connect();
      try {
        return (await client.query(sql, values)).rows as Row[];
      } finally {
        await client.end();
      }
    },
    close: () => dataSource.destroy(),
  };
}

function existsInTable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** False also for one that ended and that nobody has waited for. */
function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (existsSync(stat)) return !/\) Z /.test(readFileSync(stat, 'utf8'));
  return existsInTable(pid);
}
