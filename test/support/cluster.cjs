// Starts or stops the PostgreSQL of one test run; a process of its own, so that jest's module system stays out of it.
const { startEmbeddedPostgres, prepareDatabase } = require('../../dist/libs/platform/database/src/index.js');
const { join } = require('node:path');

const [, , command, dir] = process.argv;
const TEMPLATE = 'imprimatur_template';

async function main() {
  // nothing here outlives the run, so its commits need not reach the disk
  const server = await startEmbeddedPostgres({ dir, settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] });
  if (command === 'stop') {
    server.stop();
    return;
  }
  const prepared = await prepareDatabase(server.adminUrl, { passwordsFile: join(dir, 'roles.json'), database: TEMPLATE });
  process.stdout.write(JSON.stringify({ dir, adminUrl: server.adminUrl, template: TEMPLATE, ...prepared }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exitCode = 1;
});
