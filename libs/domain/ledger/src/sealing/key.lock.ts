import { assert } from '@imprimatur/kernel';
import type { KeyLock } from '@imprimatur/platform/keys';
import { Client } from 'pg';

/**
 * A lock that every process of the installation shares: PostgreSQL's, on a connection of its own. Keys are made while a pooled connection waits
 * for them, so one from the pool could wait for ever.
 */
export function keyLock(databaseUrl: string | undefined): KeyLock {
  return async (name, work) => {
    assert(databaseUrl !== undefined, 'a lock on keys needs the database');
    const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, application_name: 'imprimatur-keys' });
    // a connection that breaks fails the next query; without a listener it would end the process
    client.on('error', () => undefined);
    await client.connect();
    try {
      // of the transaction, not of the session: a transaction pooler would leave it with somebody else
      await client.query('begin');
      await client.query(`select pg_advisory_xact_lock(hashtextextended('imprimatur-keys/' || $1, 0))`, [name]);
      const made = await work();
      await client.query('commit');
      return made;
    } finally {
      await client.end();
    }
  };
}
