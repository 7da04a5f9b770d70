// What the ledger costs, all arms interleaved in one run on one PostgreSQL with real durability.
// Usage: npm run bench -- ledger [--quick] [--full] [--only append,verify,latency] [--json]
import { parseArgs } from 'node:util';
import { openArms, measure } from './append-arms.mjs';
import { openCluster } from './cluster.mjs';
import { aimsOf, appendTable, latencyTable, verifyTable } from './report.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: 'append,verify,latency' },
  },
});
const parts = new Set(values.only.split(','));
const say = (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const progress = (line) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const RUNS = values.quick ? 3 : 5;
const CALLERS = values.quick ? [1, 32] : [1, 8, 32, 256];
const TIMES = values.quick ? { warmMs: 200, runMs: 700 } : { warmMs: 300, runMs: 1_500 };

async function append(cluster) {
  const { arms, callers, close } = await openArms(cluster, Math.max(...CALLERS));
  const samples = new Map();
  try {
    for (let run = 1; run <= RUNS; run += 1) {
      for (const count of CALLERS) {
        for (const arm of arms) {
          progress(`append, run ${run} of ${RUNS}, ${count} callers: ${arm.title}`);
          const key = `${arm.name}/${count}`;
          samples.set(key, [...(samples.get(key) ?? []), await measure(arm, callers.slice(0, count), TIMES)]);
        }
      }
    }
  } finally {
    await close();
  }
  return arms.map(({ name, title }) => ({
    arm: name,
    title,
    at: CALLERS.map((count) => {
      const of = (field) => median(samples.get(`${name}/${count}`).map((sample) => sample[field]));
      return { callers: count, perSecond: of('perSecond'), p50: of('p50'), p99: of('p99') };
    }),
  }));
}

const result = { outcome: 'done', runs: RUNS };
const cluster = await openCluster();
try {
  if (parts.has('append')) {
    result.append = await append(cluster);
    progress('');
    appendTable(result.append, CALLERS).forEach(say);
  }
  if (parts.has('verify')) {
    const { verification } = await import('./verification.mjs');
    result.verify = await verification({ dir: cluster.dir, entries: values.quick ? 200_000 : 1_000_000, runs: RUNS, progress });
    progress('');
    verifyTable(result.verify).forEach(say);
  }
  if (parts.has('latency')) {
    const { latency } = await import('./latency.mjs');
    const sizes = values.full ? [10_000, 1_000_000, 10_000_000] : values.quick ? [10_000, 300_000] : [10_000, 1_000_000];
    result.latency = await latency(cluster, { sizes, runs: RUNS, progress });
    progress('');
    latencyTable(result.latency).forEach(say);
  }
} finally {
  cluster.close();
}
progress('');
result.aims = aimsOf(result);
for (const { name, aim, measured, met } of result.aims) say(`${met ? 'met   ' : 'MISSED'}  ${name}: ${measured} (aim ${aim})`);
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
