import { DataSource, getMetadataArgsStorage, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { Fault } from '@imprimatur/kernel';

export interface DataSourceSettings {
  readonly poolMax: number;
  readonly applicationName: string;
}

const UNAVAILABLE = new Set([
  // too many connections; shutting down, crashed, starting; connection exceptions
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'DATABASE_UNAVAILABLE',
]);
const DRIVER_WORDS = /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** Whether PostgreSQL is away or full rather than saying no: 503 for a client, later for a job. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  return [code, driverError?.code].some((known) => typeof known === 'string' && UNAVAILABLE.has(known)) || DRIVER_WORDS.test(error.message);
}

export function unavailable(cause: unknown): Fault {
  return new Fault({
    room: 'database',
    code: 'DATABASE_UNAVAILABLE',
    message: 'the database cannot be reached now',
    retryable: true,
    safe: true,
    cause,
  });
}

/** Connects as the app role with the entities of every room that was imported. Refuses a role that row-level security does not bind. */
export async function createDataSource(url: string, settings: DataSourceSettings): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: getMetadataArgsStorage().tables.map(({ target }) => target as EntityTarget<ObjectLiteral> & (new () => unknown)),
    installExtensions: false,
    synchronize: false,
    migrationsRun: false,
    applicationName: settings.applicationName,
    poolSize: settings.poolMax,
    extra: { connectionTimeoutMillis: 10_000, keepAlive: true },
  });
  try {
    await source.initialize();
  } catch (error) {
    throw isUnavailable(error) ? unavailable(error) : error;
  }
  const [role] = await source.query<{ mighty: boolean; owns: boolean }[]>(
    // a member of a mighty role may become it with SET ROLE
    `select bool_or(r.rolsuper or r.rolbypassrls) as mighty,
            bool_or(exists (select 1 from pg_class where relowner = r.oid and relkind = 'r' and relnamespace = 'public'::regnamespace)) as owns
       from pg_roles r where pg_has_role(session_user, r.oid, 'member')`,
  );
  if (!role || role.mighty || role.owns) {
    await source.destroy();
    throw new Fault({
      room: 'database',
      code: 'DATABASE_ROLE_TOO_MIGHTY',
      message:
        'the service connects as the role imprimatur_app: a superuser, a role with BYPASSRLS or the owner of tables would see every tenant',
      safe: true,
    });
  }
  return source;
}
