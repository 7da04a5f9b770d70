import { join } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, isUnavailable, prepareDatabase, startEmbeddedPostgres, unavailable } from '@imprimatur/platform/database';
import type { Config } from '@imprimatur/platform/config';

/** What the children connect with, and how to stop what was started for them. */
export interface ServiceDatabase {
  readonly appUrl: string;
  readonly sequencerUrl: string | undefined;
  readonly migrated: readonly string[];
  readonly words: string;
  stop(): void;
}

/** Administrator's URL, embedded PostgreSQL, or, where DATABASE_URL is the app role's already, nothing to prepare. */
export async function openDatabase(config: Config): Promise<ServiceDatabase> {
  const passwordsFile = join(config.home, 'secrets', 'database-roles.json');
  if (config.databaseUrl !== undefined && !(await mayPrepare(config.databaseUrl))) {
    return {
      appUrl: config.databaseUrl,
      sequencerUrl: config.sequencerUrl,
      migrated: [],
      words: 'PostgreSQL of DATABASE_URL, as it is',
      stop: () => undefined,
    };
  }
  let server: EmbeddedPostgres | undefined;
  if (config.databaseUrl === undefined) server = await startEmbeddedPostgres({ dir: join(config.home, 'postgres') });
  try {
    const adminUrl = config.databaseUrl ?? server?.adminUrl ?? '';
    const { appUrl, sequencerUrl, migrated } = await prepareDatabase(adminUrl, { passwordsFile, mayTakeOverRoles: server !== undefined });
    const words = server ? `PostgreSQL on port ${server.port}${server.reused ? ' (was running)' : ''}` : 'PostgreSQL of DATABASE_URL';
    return { appUrl, sequencerUrl, migrated, words, stop: () => void server?.stop() };
  } catch (error) {
    server?.stop();
    throw error;
  }
}

/** Whether the role of this URL can make the others. Its database may not be there yet: then the maintenance database is asked. */
async function mayPrepare(url: string): Promise<boolean> {
  const client = await connected(url);
  try {
    const { rows } = await client.query<{ may: boolean }>(
      'select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user',
    );
    return rows[0]?.may ?? false;
  } finally {
    await client.end();
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const maintenance = new URL(url);
    const isAbsent = (error as { code?: string }).code === '3D000' && maintenance.pathname !== '/postgres';
    if (!isAbsent) throw isUnavailable(error) ? unavailable(error) : error;
    maintenance.pathname = '/postgres';
    return connected(maintenance.toString());
  }
}
