// A PostgreSQL of the bench's own, with the durability of production: what is committed is on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(import.meta.url);
/** The face of a room, as it was built. */
export const room = (name) => require(join(root, 'dist/libs', name, 'src/index.js'));

const SETTINGS = [
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'max_connections=320',
  'shared_buffers=1GB',
  // no checkpoint in the middle of one arm only
  'max_wal_size=16GB',
  'checkpoint_timeout=60min',
];

export async function openCluster() {
  const { startEmbeddedPostgres, prepareDatabase, removeEmbeddedPostgres } = room('platform/database');
  const dir = mkdtempSync(join(tmpdir(), 'imprimatur-bench-'));
  const close = () => {
    removeEmbeddedPostgres(dir);
    rmSync(dir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      close();
      process.exit(2);
    });
  }
  try {
    const server = await startEmbeddedPostgres({ dir, settings: SETTINGS });
    const prepared = await prepareDatabase(server.adminUrl, { passwordsFile: join(dir, 'roles.json'), database: 'bench' });
    const adminUrl = new URL(server.adminUrl);
    adminUrl.pathname = '/bench';
    return { dir, adminUrl: adminUrl.toString(), ...prepared, close };
  } catch (error) {
    close();
    throw error;
  }
}

export async function asAdmin(cluster, work) {
  const client = new pg.Client({ connectionString: cluster.adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
