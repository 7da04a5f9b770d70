// How long a reviewer waits for the next task, and for the list, in queues of very different lengths. Everything that the API does in its transaction is
// in it: idempotency key, policy, limits, offer, lease, ledger entry, clock; not HTTP and GraphQL.
// Usage: npm run bench -- review [--quick] [--json]
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { openCluster, room } from './cluster.mjs';
import { startSequencer } from './ledger-room.mjs';
import { QUEUE, seedTasks } from './review-seed.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    think: { type: 'string', default: '1000' },
  },
});
const say = (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const progress = (line) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);

const REVIEWERS = 20;
const SIZES = values.quick ? [1_000, 20_000] : [1_000, 100_000, 1_000_000];
const ROUNDS = values.quick ? 10 : 30;
const WARM_ROUNDS = 3;
/** What a reviewer looks at a picture for at the least, on average; people take a hundred times longer. */
const THINK_MS = Number(values.think);

const { newId, refuse } = room('kernel');
const { idempotently, requestDigest } = room('platform/idempotency');
const { LEASE_SECONDS, QueueService, ReviewService } = room('domain/review');
const { QueueFlow, QueueFlowModule } = room('flows/queues');
const { PolicyService } = room('domain/policies');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const percentile = (numbers, part) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))];

async function openHouse(cluster) {
  const { loadConfig } = room('platform/config');
  const { DatabaseModule, UnitOfWork } = room('platform/database');
  process.env.IMPRIMATUR_HOME = cluster.dir;
  class House {}
  Module({ imports: [DatabaseModule.forRoot(loadConfig({ DATABASE_URL: cluster.appUrl }), 'imprimatur-bench'), QueueFlowModule] })(House);
  const app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  const get = (token) => app.get(token, { strict: false });
  return {
    app,
    unitOfWork: get(UnitOfWork),
    reviews: get(ReviewService),
    queues: get(QueueService),
    flow: get(QueueFlow),
    policies: get(PolicyService),
  };
}

const reviewerOf = (tenant, subject) => ({
  tenant,
  actor: { kind: 'person', subject, ref: newId('subject'), roles: ['approver'] },
  requestId: 'bench',
});

async function timed(samples, work) {
  const began = performance.now();
  const value = await work();
  samples?.push(performance.now() - began);
  return value;
}

/** As the API does it: under an idempotency key, in one transaction. */
function claimNext(house, context) {
  return house.unitOfWork.write(context, async (write) => {
    let claimed;
    const key = randomBytes(12).toString('hex');
    const answer = await idempotently(
      write,
      { operation: 'claimNextTask', key, requestDigest: requestDigest({ queue: QUEUE }) },
      async (within) => {
        const taken = await house.flow.claimNext(within, QUEUE);
        if (!taken.ok) return taken;
        if (taken.value === null) return refuse({ code: 'QUEUE_EMPTY', message: '', remedy: '' });
        claimed = taken.value;
        return { ok: true, value: taken.value.id };
      },
    );
    return { answer, claimed };
  });
}

const PAGE = { queue: QUEUE, state: null, isMine: false, isBreached: false, first: 21, after: null };

function decide(house, context, task, policy) {
  return house.unitOfWork.write(context, (write) =>
    house.reviews.decide(write, {
      task: task.id,
      token: task.token,
      outcome: 'approve',
      reasonCode: 'fine',
      text: '',
      contentDigest: task.contentDigest,
      policy,
    }),
  );
}

const POLICY = {
  // the seed's
  bundleHash: createHash('sha256').update('bundle').digest('hex'),
  reasons: { approve: [{ code: 'fine', text: 'optional' }], reject: [], 'request-changes': [], escalate: [] },
  conditions: [],
  channels: [],
  queues: [QUEUE],
  undoSeconds: 0,
};

/** One reviewer: look at the list, take the next, think, decide. */
async function review(house, context, rounds, samples) {
  for (let round = 0; round < rounds; round += 1) {
    await pause(Math.random() * THINK_MS);
    await timed(samples?.list, () => house.unitOfWork.read(context, (read) => house.queues.list(read, PAGE)));
    const { answer, claimed } = await timed(samples?.claim, () => claimNext(house, context));
    if (!answer.ok) throw new Error(`no task: ${answer.refusal.code}`);
    await pause(Math.random() * THINK_MS);
    const decided = await decide(house, context, claimed, POLICY);
    if (!decided.ok) throw new Error(`no decision: ${decided.refusal.code}`);
    samples?.decided.push(claimed.id);
  }
}

async function measure(house, cluster, size) {
  progress(`seeding ${size} tasks`);
  const { tenant, people } = await seedTasks(cluster, size, REVIEWERS);
  const contexts = people.map((subject) => reviewerOf(tenant, subject));
  await house.unitOfWork.write({ ...contexts[0], actor: { kind: 'system', subject: null, ref: 'system', roles: [] } }, async (write) => {
    await house.policies.ensureStarter(write);
  });
  progress(`${REVIEWERS} reviewers at ${size} tasks`);
  await Promise.all(contexts.map((context) => review(house, context, WARM_ROUNDS, undefined)));
  const samples = { claim: [], list: [], decided: [] };
  await Promise.all(contexts.map((context) => review(house, context, ROUNDS, samples)));
  if (new Set(samples.decided).size !== REVIEWERS * ROUNDS) throw new Error('a task was decided twice');
  const at = (list) => ({ p50: percentile(list, 0.5), p99: percentile(list, 0.99) });
  return { size, claim: at(samples.claim), list: at(samples.list) };
}

const cluster = await openCluster();
let sequencer;
let house;
const rows = [];
try {
  sequencer = await startSequencer(cluster);
  house = await openHouse(cluster);
  for (const size of SIZES) rows.push(await measure(house, cluster, size));
} finally {
  await house?.app.close();
  await sequencer?.stop();
  cluster.close();
}
progress('');
const ms = (value) => `${value.toFixed(1)} ms`.padStart(10);
say(`${REVIEWERS} reviewers at once, each claim a lease of ${LEASE_SECONDS} s; a pause of 0 to ${THINK_MS} ms before each`);
say(`     tasks  claim p50  claim p99   list p50   list p99`);
for (const { size, claim, list } of rows)
  say(`${String(size).padStart(10)} ${ms(claim.p50)} ${ms(claim.p99)} ${ms(list.p50)} ${ms(list.p99)}`);
const [small, large] = [rows.at(0), rows.at(-1)];
const flatness = (large.claim.p50 + large.list.p50) / (small.claim.p50 + small.list.p50);
const claimP99Ms = large.claim.p99;
say(`${claimP99Ms < 50 ? 'met   ' : 'MISSED'}  claim p99 at ${large.size} tasks: ${claimP99Ms.toFixed(1)} ms (aim below 50 ms)`);
say(`${flatness <= 1.3 ? 'met   ' : 'MISSED'}  ${large.size} tasks beside ${small.size}: ${flatness.toFixed(2)} x (aim at most 1.3 x)`);
if (values.json)
  process.stdout.write(`${JSON.stringify({ outcome: 'done', claimP99Ms, flatness, reviewers: REVIEWERS, thinkMs: THINK_MS, rows })}\n`);
