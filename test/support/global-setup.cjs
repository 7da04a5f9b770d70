const { spawnSync } = require('node:child_process');
const { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '../..');
const PREFIX = 'imprimatur-test-';
const HOUR_MS = 3_600_000;

function node(args) {
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${args.join(' ')} failed:\n${run.stdout}\n${run.stderr}`);
  return run.stdout;
}

/** A run that was killed leaves its server: stop those of runs that cannot be alive any more. */
function sweepOldRuns() {
  for (const name of readdirSync(tmpdir()).filter((found) => found.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    if (Date.now() - statSync(dir).mtimeMs < HOUR_MS) continue;
    spawnSync(process.execPath, [join(__dirname, 'cluster.cjs'), 'stop', dir], { cwd: root });
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Tokens of this run lie in its folder: SoftHSM reads the variable of the process, which a test, having a copy of the environment, cannot set. */
function keepTokensIn(dir) {
  const tokens = join(dir, 'tokens');
  mkdirSync(tokens);
  const conf = join(dir, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env.SOFTHSM2_CONF = conf;
}

module.exports = async function setUp() {
  node(['scripts/build.mjs']); // thread files and apps run from dist
  sweepOldRuns();
  const dir = mkdtempSync(join(tmpdir(), PREFIX));
  keepTokensIn(dir);
  const cluster = node([join(__dirname, 'cluster.cjs'), 'start', dir]);
  process.env.IMPRIMATUR_TEST_CLUSTER = cluster;
};
