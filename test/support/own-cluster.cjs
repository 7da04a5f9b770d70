// Starts the PostgreSQL of `dir` as an installation has it: every commit reaches the disk. Prints where it is, and its processes.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Client } = require('pg');
const { startEmbeddedPostgres, prepareDatabase } = require('../../dist/libs/platform/database/src/index.js');

const [, , dir] = process.argv;

async function main() {
  const server = await startEmbeddedPostgres({ dir });
  const prepared = await prepareDatabase(server.adminUrl, { passwordsFile: join(dir, 'roles.json') });
  const admin = new Client({ connectionString: server.adminUrl });
  await admin.connect();
  const { rows } = await admin.query(
    `select current_setting('data_directory') as data, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits`,
  );
  await admin.end();
  const [{ data, fsync, commits }] = rows;
  const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const adminUrl = new URL(server.adminUrl);
  adminUrl.pathname = new URL(prepared.appUrl).pathname;
  process.stdout.write(
    JSON.stringify({ ...prepared, adminUrl: adminUrl.toString(), data, postmaster, isDurable: fsync === 'on' && commits === 'on' }),
  );
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exitCode = 1;
});
