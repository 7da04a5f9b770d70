import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519Verify, sha256 } from '@imprimatur/domain/ledger';
import { walkLog } from '@imprimatur/formats/ledger';
import { parseCheckpoint, parseVkey, type SignedCheckpoint, verifyConsistency } from '@imprimatur/formats/merkle';
import { type Context, systemContext, type TenantId, toBase64 } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import type { LedgerRoom } from '../integration/ledger/ledger-room';
import { until } from './service';

/** What a caller heard of the event that carries this marker in its facts. */
export interface Told {
  readonly marker: string;
  readonly outcome: 'done' | 'failed';
  /** Where a stand-alone caller was told that its entry stands. */
  readonly index?: number;
}

interface Head {
  readonly tenant: TenantId;
  readonly origin: string;
  readonly size: string;
  readonly notes: readonly string[];
}

/**
 * What is wrong with the whole ledger, and with what its callers were told; empty: nothing was lost. Of the logs of `tenants`, or else of all, every
 * file is read.
 */
export async function lossesOf(room: LedgerRoom, told: readonly Told[], tenants?: readonly TenantId[]): Promise<readonly string[]> {
  const losses = [...(await withoutPlace(room)), ...(await headsAstray(room)), ...(await promisesBroken(room, told))];
  const heads = await room.database.asAdmin<Head>(
    `select tenant, origin, size,
            (select array_agg(note order by c.size) from ledger_checkpoint c where c.tenant = l.tenant and c.generation = l.generation) as notes
       from ledger_log l where l.size > 0`,
  );
  const looked = heads.filter(({ tenant }) => tenants?.includes(tenant) ?? true);
  for (const head of looked) losses.push(...(await logAstray(room, head)).map((loss) => `${head.origin}: ${loss}`));
  return losses;
}

/** Once every log's newest checkpoint covers all of it, and nothing waits for its place. */
export async function caughtUp(room: LedgerRoom): Promise<void> {
  const left = (): Promise<readonly unknown[]> =>
    room.database.asAdmin(
      `select 'queue' as what from ledger_pending
       union all
       select 'checkpoint of ' || l.origin from ledger_log l where l.size > coalesce(
         (select max(c.size) from ledger_checkpoint c where c.tenant = l.tenant and c.generation = l.generation), 0)`,
    );
  await until(left, (rows) => rows.length === 0, 20_000).catch((error: unknown) => {
    throw new Error(`the sequencer did not catch up: ${String(error)}; ${room.faults.map(String).join('; ')}`);
  });
}

/** Entries that are not in their tree once, and leaves of nothing. */
async function withoutPlace({ database }: LedgerRoom): Promise<readonly string[]> {
  const rows = await database.asAdmin<{ what: string }>(
    `select 'entry ' || e.id || ' has no place' as what from ledger_entry e
      where not exists (select 1 from ledger_leaf l where l.tenant = e.tenant and l.entry = e.id)
     union all
     select 'leaf ' || l.index || ' has no entry of its hash' from ledger_leaf l
      where not exists (select 1 from ledger_entry e where e.tenant = l.tenant and e.id = l.entry and e.leaf_hash = l.leaf_hash)
     union all
     select l.origin || ' has ' || count(f.index) || ' leaves, and its head says ' || l.size
       from ledger_log l left join ledger_leaf f on f.tenant = l.tenant
      group by l.tenant, l.origin, l.size having count(f.index) <> l.size or coalesce(max(f.index) + 1, 0) <> l.size`,
  );
  return rows.map(({ what }) => what);
}

/** Assets whose head is not their newest entry: the next entry would take a seq twice or leave one out. */
async function headsAstray({ database }: LedgerRoom): Promise<readonly string[]> {
  const rows = await database.asAdmin<{ what: string }>(
    `select 'the head of asset ' || h.asset || ' is ' || h.seq || ', its newest entry ' || coalesce(a.seq::text, 'none') as what
       from ledger_asset_head h
       left join lateral (select a.seq, e.leaf_hash from ledger_about a join ledger_entry e on e.tenant = a.tenant and e.id = a.entry
                           where a.tenant = h.tenant and a.kind = 'asset' and a.about = h.asset order by a.seq desc limit 1) a on true
      where a.seq is distinct from h.seq or a.leaf_hash is distinct from h.leaf_hash`,
  );
  return rows.map(({ what }) => what);
}

async function promisesBroken({ database }: LedgerRoom, told: readonly Told[]): Promise<readonly string[]> {
  const rows = await database.asAdmin<{ marker: string; times: number; index: string | null }>(
    `select f.marker, count(*)::int as times, min(l.index) as index
       from (select tenant, id, convert_from(bytes, 'UTF8')::jsonb -> 'facts' ->> 'marker' as marker
               from ledger_entry where type <> 'log.checkpointed') f
       left join ledger_leaf l on l.tenant = f.tenant and l.entry = f.id
      where f.marker is not null group by f.marker`,
  );
  const written = new Map(rows.map((row) => [row.marker, row]));
  return told.flatMap(({ marker, outcome, index }) => {
    const entry = written.get(marker);
    if (entry && entry.times > 1) return [`${marker} was written ${entry.times} times`];
    if (outcome === 'done' && !entry) return [`${marker} was told done and is absent`];
    if (index !== undefined && entry && Number(entry.index) !== index) return [`${marker} was told ${index} and is at ${entry.index}`];
    return [];
  });
}

/** The verifier's own walk through the log as it is read, with every checkpoint that was ever signed as a memory. */
async function logAstray(room: LedgerRoom, { tenant, origin, size, notes }: Head): Promise<readonly string[]> {
  const checkpoints = notes.map((note) => parseCheckpoint(note)).filter((each) => each !== null);
  const context = systemContext(tenant, 'losses');
  const report = await walkLog({
    source: (path) => reading(room, context, (read) => room.reader.file(read, path)),
    sha256,
    ed25519Verify,
    logKeys: pinnedKeys(room.home),
    since: checkpoints,
  });
  const newest = checkpoints.at(-1);
  const last = (await room.signer().standings([origin])).get(origin)?.last;
  const losses = report.findings.map(({ code, words }) => `${code}: ${words}`);
  if (report.head?.size !== Number(size)) losses.push(`its newest checkpoint is of size ${report.head?.size}, its head of ${size}`);
  if (report.key !== 'known') losses.push(`its key is ${report.key}`);
  losses.push(...report.since.filter(({ status }) => status !== 'consistent').map((since) => JSON.stringify(since)));
  if (!newest || !last || last.size !== newest.size || toBase64(last.root) !== toBase64(newest.root))
    losses.push(`the signer remembers size ${last?.size}, the newest checkpoint is of size ${newest?.size}`);
  return [...losses, ...(await inconsistentPairs(room, context, checkpoints))];
}

/** Each with the next one, and the first with the last, by the proofs that a reader gets. */
async function inconsistentPairs(room: LedgerRoom, context: Context, checkpoints: readonly SignedCheckpoint[]): Promise<readonly string[]> {
  const losses: string[] = [];
  const pairs = checkpoints.slice(1).map((later, at) => [checkpoints[at], later] as const);
  for (const [old, now] of [...pairs, [checkpoints[0], checkpoints.at(-1)] as const]) {
    if (!old || !now) continue;
    const proof = await reading(room, context, (read) => room.reader.consistency(read, old.size, now.size));
    if (!verifyConsistency(sha256, { oldSize: old.size, oldRoot: old.root, size: now.size, root: now.root, proof }))
      losses.push(`the checkpoint of size ${now.size} does not grow out of the one of size ${old.size}`);
  }
  return losses;
}

function reading<T>({ database }: LedgerRoom, context: Context, work: (read: ReadContext) => Promise<T>): Promise<T> {
  return database.unitOfWork.read(context, work);
}

/** The keys of every log that this home signed. */
export function pinnedKeys(home: string) {
  const file = join(home, 'trust', 'logs.vkey');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.flatMap((line) => parseVkey(sha256, line) ?? []);
}
