const { spawnSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const { join } = require('node:path');

module.exports = async function tearDown() {
  const { dir } = JSON.parse(process.env.IMPRIMATUR_TEST_CLUSTER ?? '{}');
  if (!dir) return;
  spawnSync(process.execPath, [join(__dirname, 'cluster.cjs'), 'stop', dir], { cwd: join(__dirname, '../..') });
  rmSync(dir, { recursive: true, force: true });
};
