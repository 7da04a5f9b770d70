import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource, UnitOfWork } from '@imprimatur/platform/database';

interface Cluster {
  readonly adminUrl: string;
  readonly template: string;
  readonly appUrl: string;
  readonly sequencerUrl: string;
  readonly auditorUrl: string;
  readonly migratorUrl: string;
}

/** A really migrated database of its own, with one URL per role. */
export interface TestDatabase {
  readonly name: string;
  /** Superuser: what an attacker with the server has. */
  readonly adminUrl: string;
  readonly appUrl: string;
  readonly sequencerUrl: string;
  readonly auditorUrl: string;
  readonly migratorUrl: string;
  /** The app role's, with the entities of every room that the spec imported. */
  readonly dataSource: DataSource;
  readonly unitOfWork: UnitOfWork;
  /** One query as the superuser. */
  asAdmin<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

function cluster(): Cluster {
  const text = process.env.IMPRIMATUR_TEST_CLUSTER;
  if (text === undefined) throw new Error('no test cluster: this spec belongs to the integration project (npm test)');
  return JSON.parse(text) as Cluster;
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

async function query<Row>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** An empty database on the test cluster, not migrated. */
export async function createEmptyDatabase(): Promise<{ readonly name: string; readonly adminUrl: string; drop(): Promise<void> }> {
  const { adminUrl } = cluster();
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await query(adminUrl, `create database ${name} owner imprimatur_owner`);
  return {
    name,
    adminUrl: inDatabase(adminUrl, name),
    drop: async () => void (await query(adminUrl, `drop database ${name} with (force)`)),
  };
}

/** Clones the migrated template: a tenth of a second. */
export async function createTestDatabase(options: { readonly poolMax?: number } = {}): Promise<TestDatabase> {
  const base = cluster();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(base.adminUrl, `create database ${name} template ${base.template} owner imprimatur_owner`);
  // grants on a database and settings of a role in it are not part of a template
  await query(
    base.adminUrl,
    `grant connect on database ${name} to imprimatur_app, imprimatur_sequencer, imprimatur_auditor, imprimatur_migrator`,
  );
  await query(base.adminUrl, `alter role imprimatur_migrator in database ${name} set role = 'imprimatur_owner'`);
  const appUrl = inDatabase(base.appUrl, name);
  const adminUrl = inDatabase(base.adminUrl, name);
  const dataSource = await createDataSource(appUrl, { poolMax: options.poolMax ?? 10, applicationName: 'imprimatur-test' });
  return {
    name,
    adminUrl,
    appUrl,
    sequencerUrl: inDatabase(base.sequencerUrl, name),
    auditorUrl: inDatabase(base.auditorUrl, name),
    migratorUrl: inDatabase(base.migratorUrl, name),
    dataSource,
    unitOfWork: new UnitOfWork(dataSource),
    asAdmin: (sql, values) => query(adminUrl, sql, values),
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await query(base.adminUrl, `drop database ${name} with (force)`);
    },
  };
}
