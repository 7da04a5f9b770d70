import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { migrationStatus, prepareDatabase, revertMigration, startEmbeddedPostgres } from '@imprimatur/platform/database';

const HELP = `Usage: imprimatur migrate [up | down | status]

Prepares roles, database and schema of DATABASE_URL (an administrator's), or of the embedded PostgreSQL of this home.

  up       run what is missing (default)
  down     take the newest migration back
  status   list the migrations and whether they have run

Stop the service before taking a migration back.
`;

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h', default: false } } });
  const command = positionals[0] ?? 'up';
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (!['up', 'down', 'status'].includes(command)) throw new TypeError(`unknown command ${command}`);
  const config = loadConfig();
  const server = config.databaseUrl === undefined ? await startEmbeddedPostgres({ dir: join(config.home, 'postgres') }) : undefined;
  try {
    const { migratorUrl, migrated } = await prepareDatabase(config.databaseUrl ?? server?.adminUrl ?? '', {
      passwordsFile: join(config.home, 'secrets', 'database-roles.json'),
      mayTakeOverRoles: server !== undefined,
      migrate: command === 'up',
    });
    if (command === 'up')
      process.stdout.write(migrated.length === 0 ? 'Schema up to date.\n' : migrated.map((name) => `ran ${name}\n`).join(''));
    if (command === 'down') await revertMigration(migratorUrl);
    if (command !== 'up')
      for (const { name, done } of await migrationStatus(migratorUrl)) process.stdout.write(`${done ? 'done   ' : 'missing'} ${name}\n`);
  } finally {
    // a server that was running belongs to a service
    if (server && !server.reused) server.stop();
  }
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const safe = (error instanceof Fault && error.safe) || error instanceof TypeError;
    process.stderr.write(
      `imprimatur migrate: ${error instanceof Error ? (safe ? error.message : (error.stack ?? error.message)) : String(error)}\n`,
    );
    process.exit(2);
  },
);
