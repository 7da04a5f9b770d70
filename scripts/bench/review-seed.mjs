// Tasks in any number, made by the database itself: what `ReviewService.open` writes but for the ledger's entries, which no claim and no list reads.
// review_task has triggers on update and delete only, so none is left out.
import { randomUUID } from 'node:crypto';
import { asAdmin, room } from './cluster.mjs';

const { newId } = room('kernel');

export const QUEUE = 'marketing';
const OTHERS = ['quality', 'legal', 'editorial'];
/** Requests of the first reviewer stand at the very head of the queue: more than anybody should have to step over. */
const OWN_AT_HEAD = 2_000;

const TASKS = `
  insert into review_task (tenant, id, asset, turn, item, version, content_digest, queue, priority, due_at, findings, bundle_hash, requester, last_editor,
                           depicted, state, opened_at)
  select $1, uuidv7(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), sha256(n::text::bytea),
         case when n % 4 = 0 then ($4::text[])[1 + n / 4 % 3] else $3 end,
         case when n <= $7 then 0 else 1 + n % 9 end,
         now() + make_interval(mins => 60 + (n * 7919 % 100000)::int),
         '[{"rule": "release.marketing", "outcome": "hold", "reason": "A person releases.", "citation": "House policy 5.1", "remedy": "Wait.", "met": [], "queue": "marketing"}]',
         sha256('bundle'),
         case when n <= $7 then ($5::uuid[])[1] when n % 20 = 0 then ($5::uuid[])[1 + n % 20] else ($6::uuid[])[1 + n % 200] end,
         case when n % 50 = 1 then ($5::uuid[])[1 + n % 20] end,
         case when n % 33 = 2 then array[($5::uuid[])[1 + n % 20]] else '{}' end,
         'open', now() - make_interval(secs => n % 86400)
    from generate_series(1, $2::bigint) n`;

const CLOCKS = `
  insert into job (tenant, kind, key, payload, run_at)
  select tenant, 'task-clock', id::text, jsonb_build_object('task', id), due_at from review_task where tenant = $1`;

/** A tenant with so many tasks that wait, and its reviewers. */
export async function seedTasks(cluster, size, reviewers) {
  const tenant = newId('tenant');
  const people = Array.from({ length: reviewers }, () => newId('subject'));
  const creators = Array.from({ length: 200 }, () => randomUUID());
  await asAdmin(cluster, async (client) => {
    await client.query(`set synchronous_commit = off`);
    await client.query(`insert into tenant (id, name, created_at) values ($1, 'bench', now())`, [tenant]);
    await client.query(TASKS, [tenant, size, QUEUE, OTHERS, people, creators, Math.min(OWN_AT_HEAD, Math.floor(size / 4))]);
    await client.query(CLOCKS, [tenant]);
    await client.query(`set synchronous_commit = on`);
    await client.query('vacuum analyze review_task, job, ledger_entry, ledger_asset_head, idempotency_key');
  });
  return { tenant, people };
}
