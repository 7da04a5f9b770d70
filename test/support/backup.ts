import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { TestDatabase } from './database';

/**
 * A whole copy of a database at one moment, as `pg_dump` and `pg_restore` make one; the PostgreSQL of the tests comes without them, so
 * its own CREATE DATABASE ... TEMPLATE copies it. Nobody else may be connected: stop what writes first.
 */
export class Backup {
  private constructor(
    private readonly database: TestDatabase,
    private readonly copy: string,
  ) {}

  static async take(database: TestDatabase): Promise<Backup> {
    const copy = `backup_${randomBytes(6).toString('hex')}`;
    await database.dataSource.destroy();
    await maintain(database, [`create database ${copy} template ${database.name} owner imprimatur_owner`]);
    await database.dataSource.initialize();
    return new Backup(database, copy);
  }

  /** What was written since is gone. */
  async restore(): Promise<void> {
    const { database, copy } = this;
    await database.dataSource.destroy();
    await maintain(database, [
      `drop database ${database.name} with (force)`,
      `create database ${database.name} template ${copy} owner imprimatur_owner`,
      // grants on a database and settings of a role in it are not part of a template
      `grant connect on database ${database.name} to imprimatur_app, imprimatur_sequencer, imprimatur_auditor, imprimatur_migrator`,
      `alter role imprimatur_migrator in database ${database.name} set role = 'imprimatur_owner'`,
    ]);
    await database.dataSource.initialize();
  }

  async drop(): Promise<void> {
    await maintain(this.database, [`drop database ${this.copy} with (force)`]);
  }
}

async function maintain({ adminUrl }: TestDatabase, statements: readonly string[]): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.toString() });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
