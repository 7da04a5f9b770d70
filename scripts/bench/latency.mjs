// How long a proof, a tile, a bundle and a page of events take in logs of very different sizes, seeded by COPY and read as the app reads them.
import pg from 'pg';
import { asAdmin, room } from './cluster.mjs';
import { bigint, openCopy, smallint, text, timestamp, uuid } from './copy.mjs';
import { contextOf, logSigner, openRoom, startSequencer } from './ledger-room.mjs';
import { ENTRY_KIND, generateLog, idOf } from './log.generator.mjs';

const { newId } = room('kernel');
const { bundlePath, tilePath, TILE_WIDTH } = room('formats/merkle');
const PAGE = 50;
const READS = 200;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export async function latency(cluster, { sizes, runs, progress }) {
  const logs = [];
  for (const size of sizes) logs.push({ size, tenant: await seed(cluster, size, progress) });
  await asAdmin(cluster, (client) => client.query('vacuum analyze ledger_entry, ledger_leaf, ledger_node, ledger_about, ledger_log'));
  const sequencer = await startSequencer(cluster); // signs the seeded heads
  const house = await openRoom(cluster, 2);
  try {
    const samples = new Map();
    for (let run = 0; run <= runs; run += 1) {
      for (const [what, read] of Object.entries(READERS)) {
        for (const { size, tenant } of logs) {
          progress(`latency, run ${run} of ${runs}: ${what} in ${size} entries`);
          const took = await timeReads(house, contextOf(tenant), size, read);
          const key = `${what}/${size}`;
          if (run > 0) samples.set(key, [...(samples.get(key) ?? []), took]); // the first run fills caches
        }
      }
    }
    const rows = Object.keys(READERS).map((what) => ({
      what,
      at: sizes.map((size) => ({ size, ms: median(samples.get(`${what}/${size}`)) })),
    }));
    return { rows, flat: rows.map(({ what, at }) => ({ what, ratio: at.at(-1).ms / at[0].ms })) };
  } finally {
    await house.dataSource.destroy();
    await sequencer.stop();
  }
}

const READERS = {
  receipt: ({ reader }, read, index) => reader.receipt(read, idOf(ENTRY_KIND, index)),
  tile: ({ reader }, read, index, size) => {
    const tile = Math.floor(index / TILE_WIDTH);
    return reader.file(read, tilePath({ level: 0, index: tile, width: Math.min(TILE_WIDTH, size - tile * TILE_WIDTH) }));
  },
  'entry bundle': ({ reader }, read, index, size) => {
    const bundle = Math.floor(index / TILE_WIDTH);
    return reader.file(read, bundlePath({ index: bundle, width: Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH) }));
  },
  'page of 50 events': ({ reader }, read, index, size) =>
    reader.events(read, { about: null, first: PAGE, after: String(Math.min(index, Math.max(0, size - PAGE))) }),
};

/** Median of single reads at random places, each in a transaction of its own as in the app; ms. */
async function timeReads(house, context, size, read) {
  const times = [];
  for (let n = 0; n < READS; n += 1) {
    const index = Math.floor(Math.random() * size);
    const began = performance.now();
    const answer = await house.unitOfWork.read(context, (within) => read(house, within, index, size));
    times.push(performance.now() - began);
    if (!answer || answer.length === 0) throw new Error(`nothing was read at ${index} of ${size}`);
  }
  return median(times);
}

const COPIES = {
  entry: 'copy ledger_entry (tenant, id, position, type, at, actor, bytes, leaf_hash) from stdin (format binary)',
  about: 'copy ledger_about (tenant, kind, about, position, entry, seq) from stdin (format binary)',
  leaf: 'copy ledger_leaf (tenant, index, entry, leaf_hash) from stdin (format binary)',
  node: 'copy ledger_node (tenant, level, index, hash) from stdin (format binary)',
};

/** A whole log in the tables; answers its tenant. */
export async function seed(cluster, size, progress) {
  const tenant = newId('tenant');
  const clients = {};
  const copies = {};
  for (const [name, statement] of Object.entries(COPIES)) {
    clients[name] = new pg.Client({ connectionString: cluster.adminUrl });
    await clients[name].connect();
    await clients[name].query('set synchronous_commit = off; set session_replication_role = replica');
    copies[name] = await openCopy(clients[name], statement);
  }
  const root = await fill(copies, tenant, size, progress);
  for (const name of Object.keys(COPIES)) {
    await copies[name].end();
    await clients[name].end();
  }
  await asAdmin(cluster, async (client) => {
    const { rows } = await client.query('select id from installation');
    const origin = `imprimatur.bench/${rows[0].id}/t/${tenant}`;
    const vkey = (await logSigner(cluster).pin([origin])).get(origin).current;
    await client.query('insert into ledger_log (tenant, origin, vkey, size, root) values ($1, $2, $3, $4, $5)', [
      tenant,
      origin,
      vkey,
      size,
      root,
    ]);
    await client.query(`select setval(pg_get_serial_sequence('ledger_entry', 'position'), $1)`, [size + 1]);
  });
  return tenant;
}

async function fill(copies, tenant, size, progress) {
  const [owner, type, actor, kind, at] = [uuid(tenant), text('verdict.recorded'), text(idOf('f', 1)), text('asset'), timestamp(new Date())];
  const log = generateLog(tenant, size);
  let step = log.next();
  for (; !step.done; step = log.next()) {
    const { index, id, asset, seq, bytes, leaf, nodes } = step.value;
    const [entry, position] = [uuid(id), bigint(index + 1)];
    await copies.entry.row([owner, entry, position, type, at, actor, bytes, leaf]);
    await copies.about.row([owner, kind, uuid(asset), position, entry, bigint(seq)]);
    await copies.leaf.row([owner, bigint(index), entry, leaf]);
    for (const node of nodes) await copies.node.row([owner, smallint(node.level), bigint(node.index), node.hash]);
    if ((index + 1) % 100_000 === 0) progress(`seeding: ${index + 1} of ${size} entries`);
  }
  return step.value;
}
