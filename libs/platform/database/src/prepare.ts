import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource, type Migration } from 'typeorm';
import { projectRoot } from '@imprimatur/platform/config';
import { Fault } from '@imprimatur/kernel';
import { isUnavailable, unavailable } from './data-source.js';
import { ensureRoles, type LoginRole, type RolePasswords } from './database-roles.js';

const DATABASE_NAME = 'imprimatur';
const LOCK = 4_711_002;

/** One URL per kind of process. */
export interface PreparedDatabase {
  readonly appUrl: string;
  readonly sequencerUrl: string;
  readonly auditorUrl: string;
  readonly migratorUrl: string;
  /** Names of the migrations that this call ran. */
  readonly migrated: readonly string[];
}

export interface PrepareOptions {
  /** Where the generated passwords of the roles are kept (0600). */
  readonly passwordsFile: string;
  /** The database's name; the one of the URL, or `imprimatur`, when left out. */
  readonly database?: string;
  /** The server is this installation's alone (the embedded one): roles whose passwords were lost get new ones. */
  readonly mayTakeOverRoles?: boolean;
  /** False: roles and database only. */
  readonly migrate?: boolean;
}

/** Makes roles, database and schema, whatever of them is missing. Two callers at once are safe; again is cheap. */
export async function prepareDatabase(adminUrl: string, options: PrepareOptions): Promise<PreparedDatabase> {
  const named = new URL(adminUrl).pathname.slice(1);
  const database = options.database ?? (named === '' || named === 'postgres' ? DATABASE_NAME : named);
  const target = withDatabase(adminUrl, database);
  const passwords = await withMaintenance(adminUrl, named, async (admin) => {
    const made = await ensureRoles(admin, options.passwordsFile, {
      // another installation's passwords are its own: only a server that nobody else uses may have them changed
      mayTakeOver: options.mayTakeOverRoles ?? false,
      canLogIn: (role, password) => canLogIn(roleUrl(withDatabase(adminUrl, named || 'postgres'), role, password)),
    });
    await ensureDatabase(admin, database);
    return made;
  });
  await withClient(target, (admin) => locked(admin, LOCK, () => grantDatabase(admin, database)));
  const urls = roleUrls(target, passwords);
  return { ...urls, migrated: options.migrate === false ? [] : await migrate(urls.migratorUrl) };
}

/** Runs the migrations that are missing, as the migrator. */
export async function migrate(migratorUrl: string): Promise<readonly string[]> {
  return withMigrations(migratorUrl, async (source) =>
    (await source.runMigrations({ transaction: 'each' })).map(({ name }: Migration) => name),
  );
}

/** Takes the newest migration back. */
export async function revertMigration(migratorUrl: string): Promise<void> {
  await withMigrations(migratorUrl, (source) => source.undoLastMigration({ transaction: 'each' }));
}

/** Every migration with whether it has run, oldest first. */
export async function migrationStatus(migratorUrl: string): Promise<readonly { readonly name: string; readonly done: boolean }[]> {
  return withMigrations(migratorUrl, async (source) => {
    await source.query(
      `create table if not exists schema_migration (id serial primary key, "timestamp" bigint not null, name varchar not null)`,
    );
    const done = new Set((await source.query<{ name: string }[]>('select name from schema_migration')).map(({ name }) => name));
    // TypeORM names a migration by its class, and leaves `name` empty on the object
    return source.migrations
      .map((migration) => migration.name ?? migration.constructor.name)
      .map((name) => ({ name, done: done.has(name) }));
  });
}

async function withMigrations<T>(url: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations: [join(projectRoot(), 'dist/migrations/*.js')],
    migrationsTableName: 'schema_migration',
    installExtensions: false,
    synchronize: false,
    poolSize: 2,
    applicationName: 'imprimatur-migrate',
  });
  return withClient(url, async (lock) => {
    await lock.query('select pg_advisory_lock($1)', [LOCK]);
    await source.initialize();
    try {
      const answer = await work(source);
      await source.query('grant select on schema_migration to imprimatur_app').catch(() => undefined); // not made yet, before the first one
      return answer;
    } finally {
      await source.destroy();
    }
  });
}

/** Advisory locks are per database, roles are not: all starters meet in `postgres`, or in the URL's own database where that one is closed. */
async function withMaintenance<T>(adminUrl: string, named: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connected(withDatabase(adminUrl, 'postgres')).catch((error: unknown) => {
    if (named === '' || named === 'postgres' || (error instanceof Fault && error.retryable)) throw error;
    return connected(withDatabase(adminUrl, named));
  });
  try {
    return await locked(client, LOCK, () => work(client));
  } finally {
    await client.end();
  }
}

async function locked<T>(client: Client, lock: number, work: () => Promise<T>): Promise<T> {
  await client.query('select pg_advisory_lock($1)', [lock]);
  try {
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock]).catch(() => undefined); // a lost connection has let go already
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'imprimatur-prepare' });
  client.on('error', () => undefined); // the query under way reports it
  try {
    await client.connect();
    return client;
  } catch (cause) {
    if (isUnavailable(cause)) throw unavailable(cause);
    const message = `PostgreSQL refuses the connection: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new Fault({ room: 'database', code: 'DATABASE_REFUSED', message, safe: true, cause });
  }
}

async function canLogIn(url: string): Promise<boolean> {
  try {
    await (await connected(url)).end();
    return true;
  } catch (error) {
    // 28P01, 28000: another password. Anything else (3D000, 42501) came after the password was accepted
    const code = error instanceof Fault ? (error.cause as { code?: string } | undefined)?.code : undefined;
    if (error instanceof Fault && error.retryable) throw error;
    return code !== '28P01' && code !== '28000';
  }
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connected(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ensureDatabase(admin: Client, database: string): Promise<void> {
  const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [database]);
  if (rowCount) return;
  try {
    await admin.query(`create database ${admin.escapeIdentifier(database)} owner imprimatur_owner`);
  } catch (error) {
    // another starter made it first: 42P04 once it has committed, 23505 while it is about to
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
  }
}

async function grantDatabase(admin: Client, database: string): Promise<void> {
  const name = admin.escapeIdentifier(database);
  await admin.query(`revoke all on database ${name} from public`);
  await admin.query(`grant connect on database ${name} to imprimatur_migrator, imprimatur_app, imprimatur_sequencer, imprimatur_auditor`);
  await admin.query(`revoke create on schema public from public`);
  await admin.query(`grant usage, create on schema public to imprimatur_owner`);
  await admin.query(`grant usage on schema public to imprimatur_app, imprimatur_sequencer, imprimatur_auditor`);
  // so that everything a migration makes belongs to the owner, who cannot log in
  await admin.query(`alter role imprimatur_migrator in database ${name} set role = 'imprimatur_owner'`);
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

function roleUrls(url: string, passwords: RolePasswords): Omit<PreparedDatabase, 'migrated'> {
  const as = (role: LoginRole): string => roleUrl(url, role, passwords[role]);
  return { appUrl: as('app'), sequencerUrl: as('sequencer'), auditorUrl: as('auditor'), migratorUrl: as('migrator') };
}

function roleUrl(url: string, role: LoginRole, password: string): string {
  const changed = new URL(url);
  changed.username = `imprimatur_${role}`;
  changed.password = password;
  return changed.toString();
}
