// Verification of a whole log in a folder, as `ledger verify DIR` does it, beside bare SHA-256 of the same entries.
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { room, root } from './cluster.mjs';
import { generateLog, idOf } from './log.generator.mjs';

const require = createRequire(import.meta.url);
const { bundlePath, bundlesOf, decodeBundle, encodeBundle, parseVkey, tilePath, TILE_WIDTH } = room('formats/merkle');
const { sha256 } = room('domain/ledger');
const { StatefulSigner } = room('domain/log-signer');
const { walkPlace } = require(join(root, 'dist/apps/cli/src/ledger/log.walker.js'));
const ORIGIN_OF = (tenant) => `imprimatur.bench/${idOf('d', 1)}/t/${tenant}`;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export async function verification({ dir, entries, runs, progress }) {
  const folder = join(dir, 'log');
  try {
    const key = writeLog(dir, folder, entries, progress);
    const note = readFileSync(join(folder, 'checkpoint'));
    const bundles = bundlesOf(entries).map((ref) => join(folder, bundlePath(ref)));
    const times = { walk: [], each: [], stream: [] };
    for (let run = 1; run <= runs; run += 1) {
      progress(`verification, run ${run} of ${runs}`);
      times.walk.push(
        await timed(async () => accepted(await walkPlace({ kind: 'folder', folder }, note, { logKeys: [key], since: [] }), entries)),
      );
      times.each.push(
        await timed(() => bundles.forEach((file) => decodeBundle(readFileSync(file)).forEach((entry) => hash('sha256', entry, 'binary')))),
      );
      times.stream.push(await timed(() => bundles.forEach((file) => hash('sha256', readFileSync(file), 'binary'))));
    }
    const [walkMs, eachMs, streamMs] = [times.walk, times.each, times.stream].map(median);
    return { entries, walkMs, eachMs, streamMs, ratio: walkMs / eachMs, ratioToStream: walkMs / streamMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function accepted(report, entries) {
  if (report.findings.length > 0 || report.entries !== entries || report.key !== 'known')
    throw new Error(
      `the log was not accepted: ${JSON.stringify({ key: report.key, entries: report.entries, findings: report.findings.slice(0, 3) })}`,
    );
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The layout of C2SP; answers the key of the log. */
function writeLog(dir, folder, size, progress) {
  const tenant = idOf('c', 1);
  const origin = ORIGIN_OF(tenant);
  const levels = [[]];
  const counts = [0];
  const put = (path, content) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const putTile = (level) => {
    const hashes = levels[level];
    if (hashes.length === 0) return;
    put(tilePath({ level, index: counts[level], width: hashes.length }), Buffer.concat(hashes));
    counts[level] += 1;
    levels[level] = [];
  };
  const push = (level, hash) => {
    levels[level] ??= [];
    counts[level] ??= 0;
    levels[level].push(hash);
    if (levels[level].length === TILE_WIDTH) putTile(level);
  };
  let bundle = [];
  const putBundle = () => {
    put(bundlePath({ index: Math.floor((written - 1) / TILE_WIDTH), width: bundle.length }), encodeBundle(bundle));
    bundle = [];
  };
  let written = 0;
  const log = generateLog(tenant, size);
  let step = log.next();
  for (; !step.done; step = log.next()) {
    const { bytes, leaf, nodes } = step.value;
    bundle.push(bytes);
    push(0, leaf);
    for (const node of nodes) push(node.level, node.hash);
    written += 1;
    if (bundle.length === TILE_WIDTH) putBundle();
    if (written % 100_000 === 0) progress(`verification: ${written} of ${size} entries written`);
  }
  if (bundle.length > 0) putBundle();
  levels.forEach((_, level) => putTile(level));
  const signer = new StatefulSigner(join(dir, 'walk-signer'), join(dir, 'walk-trust', 'logs.vkey'));
  put('checkpoint', signer.sign({ origin, size, root: step.value }, []));
  const vkey = signer.vkeys(origin).current;
  put('log.vkey', `${vkey}\n`);
  return parseVkey(sha256, vkey);
}
