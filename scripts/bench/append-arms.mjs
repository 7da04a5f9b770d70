// The arms of the append bench: each is a closed loop of callers, and answers appends per second.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { asAdmin, room, root } from './cluster.mjs';
import { contextOf, eventAbout, openRoom, startSequencer } from './ledger-room.mjs';

const { newId } = room('kernel');
const { GroupCommit } = room('domain/ledger');
const CONNECTIONS_MAX = 32;

const TABLES = `
  create table bench_audit (id bigint generated always as identity primary key, tenant uuid not null,
    at timestamptz not null default now(), type text not null, actor text not null, body text not null);
  create table bench_chain (n bigint primary key, body text not null, prev bytea not null, hash bytea not null);
  create table bench_chain_head (k int primary key, n bigint not null, hash bytea not null) with (fillfactor = 50);
  insert into bench_chain_head values (1, 0, sha256('genesis'));
  create table bench_task (tenant uuid not null, id uuid not null, state text not null, revision bigint not null, primary key (tenant, id))
    with (fillfactor = 50);
  create table bench_decision (tenant uuid not null, id uuid not null, task uuid not null, outcome text not null, reason text not null,
    at timestamptz not null default now(), primary key (tenant, id), foreign key (tenant, task) references bench_task (tenant, id));
  create table bench_key (tenant uuid not null, key text not null, digest bytea not null, at timestamptz not null default now(), primary key (tenant, key));
  create table bench_job (tenant uuid not null, id uuid not null, kind text not null, payload jsonb not null,
    due_at timestamptz not null default now(), primary key (tenant, id));
  select protect_tenant_table('bench_task', 'select, insert, update'), protect_tenant_table('bench_decision', 'select, insert'),
    protect_tenant_table('bench_key', 'select, insert'), protect_tenant_table('bench_job', 'select, insert');
  grant insert on bench_audit to imprimatur_app`;

export async function openArms(cluster, callersMax) {
  await asAdmin(cluster, (client) => client.query(TABLES));
  const pool = new pg.Pool({ connectionString: cluster.adminUrl, max: CONNECTIONS_MAX });
  const house = await openRoom(cluster, CONNECTIONS_MAX);
  const tenant = newId('tenant');
  const callers = await makeCallers(cluster, tenant, callersMax);
  const worker = await openWorker(cluster);
  const shared = { cluster, pool, house, worker, tenant, callers, context: contextOf(tenant) };
  return {
    arms: [
      rawInsert(shared),
      hashChain(shared),
      standalone(shared),
      businessPlain(shared),
      business(shared, 'session'),
      business(shared, 'asset'),
    ],
    callers,
    close: async () => {
      worker.close();
      await pool.end();
      await house.dataSource.destroy();
    },
  };
}

async function makeCallers(cluster, tenant, count) {
  const callers = Array.from({ length: count }, () => ({ task: newId('task'), asset: newId('asset'), session: newId('session'), n: 0 }));
  await asAdmin(cluster, (client) =>
    client.query(`insert into bench_task select $1, task, 'open', 0 from unnest($2::uuid[]) as task`, [
      tenant,
      callers.map(({ task }) => task),
    ]),
  );
  return callers;
}

/** The same words as a ledger entry, as text. */
const bodyOf = ({ tenant, context }, { session, n }) =>
  JSON.stringify({
    v: 1,
    id: newId('entry'),
    at: new Date().toISOString(),
    tenant,
    actor: { kind: context.actor.kind, ref: context.actor.ref, role: 'creator' },
    parts: {},
    ...eventAbout([{ kind: 'session', id: session }], n),
  });

const INSERT_AUDIT = {
  name: 'bench-audit',
  text: 'insert into bench_audit (tenant, type, actor, body) values ($1, $2, $3, $4)',
};
const auditRow = (shared, caller) => [shared.tenant, 'verdict.recorded', shared.context.actor.ref, bodyOf(shared, caller)];

function rawInsert(shared) {
  return {
    name: 'raw',
    title: 'raw INSERT of an audit row',
    begin: async () => ({
      append: (caller) => shared.pool.query({ ...INSERT_AUDIT, values: auditRow(shared, caller) }),
      end: async () => undefined,
    }),
  };
}

function hashChain(shared) {
  const append = async (caller) => {
    const body = bodyOf(shared, caller);
    const client = await shared.pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query({ name: 'chain-head', text: 'select n, hash from bench_chain_head where k = 1 for update' });
      const { n, hash: prev } = rows[0];
      const hash = createHash('sha256').update(prev).update(body).digest();
      const next = String(BigInt(n) + 1n);
      await client.query({ name: 'chain-add', text: 'insert into bench_chain values ($1, $2, $3, $4)', values: [next, body, prev, hash] });
      await client.query({ name: 'chain-move', text: 'update bench_chain_head set n = $1, hash = $2 where k = 1', values: [next, hash] });
      await client.query('commit');
    } finally {
      client.release();
    }
  };
  return { name: 'chain', title: 'hash chain, its head locked per append', begin: async () => ({ append, end: async () => undefined }) };
}

function standalone(shared) {
  return {
    name: 'standalone',
    title: 'ours, stand-alone: integrated and signed',
    begin: async () => {
      const sequencer = await startSequencer(shared.cluster);
      const group = new GroupCommit(sequencer, shared.house.sealing, shared.house.unitOfWork);
      return {
        append: ({ session, n }) => group.append(shared.context, eventAbout([{ kind: 'session', id: session }], n)),
        end: () => sequencer.stop(),
      };
    },
  };
}

/** What a mutation of the house does: its key, its row under a lock, the change, what it adds, and the job that follows. */
async function decide({ manager, context: { tenant } }, { task, n }) {
  await manager.query('insert into bench_key (tenant, key, digest) values ($1, $2, $3)', [tenant, newId('request'), Buffer.alloc(32)]);
  await manager.query('select state, revision from bench_task where tenant = $1 and id = $2 for update', [tenant, task]);
  await manager.query('update bench_task set state = $3, revision = revision + 1 where tenant = $1 and id = $2', [
    tenant,
    task,
    `turn ${n}`,
  ]);
  await manager.query('insert into bench_decision (tenant, id, task, outcome, reason) values ($1, $2, $3, $4, $5)', [
    tenant,
    newId('decision'),
    task,
    'approved',
    'as agreed with the client',
  ]);
  await manager.query('insert into bench_job (tenant, id, kind, payload) values ($1, $2, $3, $4)', [
    tenant,
    newId('job'),
    'item',
    { task },
  ]);
}

function businessPlain(shared) {
  const { unitOfWork } = shared.house;
  const append = (caller) =>
    unitOfWork.write(shared.context, async (write) => {
      await decide(write, caller);
      const client = await write.manager.queryRunner.connect(); // prepared, as the ledger's own statements are
      await client.query({ ...INSERT_AUDIT, values: auditRow(shared, caller) });
    });
  return { name: 'business', title: 'business transaction with an audit row', begin: async () => withWorker(shared, append) };
}

function business(shared, kind) {
  const { unitOfWork, ledger } = shared.house;
  const append = (caller) =>
    unitOfWork.write(shared.context, async (write) => {
      await decide(write, caller);
      await ledger.append(write, eventAbout([{ kind, id: caller[kind] }], caller.n));
    });
  return {
    name: `business-${kind}`,
    title: `the same with a ledger entry about ${kind === 'asset' ? 'an asset' : 'a session'}`,
    begin: async () => withWorker(shared, append),
  };
}

/** The worker of production: a process of its own, alive as long as the bench, whose sequencer is started for the arms that need it. */
async function openWorker({ sequencerUrl, dir }) {
  const worker = fork(join(root, 'scripts/bench/sequencer.process.mjs'), [JSON.stringify({ sequencerUrl, dir })], { stdio: 'inherit' });
  const ask = (what) =>
    new Promise((answered, failed) => {
      const ended = (code) => failed(new Error(`the sequencer's process ended with ${code}`));
      worker.once('exit', ended);
      worker.once('message', () => {
        worker.removeListener('exit', ended);
        answered();
      });
      worker.send(what);
    });
  return { start: () => ask('start'), stop: () => ask('stop'), close: () => worker.disconnect() };
}

async function withWorker({ worker }, append) {
  await worker.start();
  return { append, end: () => worker.stop() };
}

/** Appends per second and the median latency in ms of `count` callers. */
export async function measure(arm, callers, { warmMs, runMs }) {
  const { append, end } = await arm.begin();
  try {
    await loop(append, callers, warmMs, []);
    const latencies = [];
    const began = performance.now();
    await loop(append, callers, runMs, latencies);
    const seconds = (performance.now() - began) / 1_000;
    latencies.sort((a, b) => a - b);
    return {
      perSecond: latencies.length / seconds,
      p50: latencies[Math.floor(latencies.length / 2)],
      p99: latencies[Math.floor(latencies.length * 0.99)],
    };
  } finally {
    await end();
  }
}

async function loop(append, callers, ms, latencies) {
  const until = performance.now() + ms;
  await Promise.all(
    callers.map(async (caller) => {
      while (performance.now() < until) {
        const began = performance.now();
        caller.n += 1;
        await append(caller);
        latencies.push(performance.now() - began);
      }
    }),
  );
}
