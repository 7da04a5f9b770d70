import { openCluster, asAdmin, room, root } from './cluster.mjs';
import { seedTasks, QUEUE } from './review-seed.mjs';
import { createRequire } from 'node:module';
import pg from 'pg';
const require = createRequire(import.meta.url);
const cluster = await openCluster();
const size = Number(process.argv[2] ?? 200000);
const { tenant, people } = await seedTasks(cluster, size, 20);
console.log('seeded');
const offers = require(root + '/dist/libs/domain/review/src/claims/offer.repository.js');
const claims = require(root + '/dist/libs/domain/review/src/claims/claim.repository.js');
const queues = require(root + '/dist/libs/domain/review/src/queues/queue.repository.js');
const client = new pg.Client({ connectionString: cluster.appUrl });
await client.connect();
let captured;
const fake = { context: { tenant }, manager: { query: async (sql, values) => { captured = { sql, values }; return [{}]; } } };
async function explain(name, generic) {
  await client.query('begin');
  await client.query(`select set_config('app.tenant_id', '${tenant}', true)`);
  await client.query(`set local plan_cache_mode = ${generic ? 'force_generic_plan' : 'force_custom_plan'}`);
  await client.query(`prepare q as ${captured.sql}`);
  const list = captured.values.map((v) => Array.isArray(v) ? `'{${v.join(',')}}'` : v === null ? 'null' : `'${v}'`).join(', ');
  const { rows } = await client.query(`explain (analyze, buffers) execute q(${list})`);
  console.log(`--- ${name} ${generic ? 'generic' : 'custom'}`);
  const lines = rows.map((r) => r['QUERY PLAN']);
  console.log(process.argv[3] ? lines.join('\n') : lines.filter((l) => /Time|Scan|rows=/.test(l)).slice(0, 60).join('\n'));
  await client.query('deallocate q'); await client.query('rollback');
}
console.log((await client.query(`select string_agg(proname || ' ' || proleakproof, ', ') from pg_proc where proname in ('uuid_gt','text_gt','int2gt','timestamptz_gt','texteq','uuid_eq')`)).rows);
const repo = new offers.OfferRepository();
const standing = (i, many) => ({ reviewer: people[i], answersFor: [people[i]], hasManyOwn: many });
for (const g of [false, true]) {
  await repo.next(fake, standing(3, false), QUEUE); await explain('straight queue', g);
  await repo.next(fake, standing(0, false), QUEUE); await explain('straight own', g);
  await repo.nextAroundOwn(fake, standing(0, true), QUEUE); await explain('around queue', g);
  await repo.next(fake, standing(3, false), null); await explain('straight anywhere', g);
  await new claims.ClaimRepository().standing(fake, people[3]).catch(() => 0); await explain('standing', g);
  await new queues.QueueRepository().standings(fake); await explain('standings', g);
}
await client.end();
cluster.close();
