import { answerFor, type LogSigner } from '@imprimatur/domain/log-signer';
import { installationOrigin } from '@imprimatur/formats/ledger';
import { type Checkpoint, edgeOf, emptyRoot, parseCheckpoint, Tree } from '@imprimatur/formats/merkle';
import { Fault, type TenantId } from '@imprimatur/kernel';
import { sha256 } from '../digest.js';
import type { StoredLog } from './log.repository.js';
import { LOG_ZERO } from '../anchoring/log.zero.js';
import type { TileRepository } from '../reading/tile.repository.js';

/** What the signer remembers of one log: the newest of all origins that it had. */
export interface LogMemory extends Checkpoint {
  readonly tenant: TenantId;
}

/**
 * grows: out of what was signed last. smaller: entries that were signed are missing. different: large enough, but another tree.
 * absent: the whole log is missing. superseded: it grows out of an origin that was succeeded already.
 */
export type LogState = 'grows' | 'smaller' | 'different' | 'absent' | 'superseded';

export interface LogFinding {
  readonly log: StoredLog;
  readonly state: LogState;
  /** What was signed last; null: nothing is remembered. */
  readonly signed: Checkpoint | null;
  /** So many entries are, by a signature of the present origin, the ones that it signed. */
  readonly keptSize: number;
  /** The database has a checkpoint that the signer does not remember having signed. */
  readonly memoryIsOlder: boolean;
}

/** Of `remembered`, the newest memory of each log of the installations that these logs belong to, or went on under. */
export async function memoriesOf(
  signer: LogSigner,
  remembered: readonly Checkpoint[],
  logs: readonly StoredLog[],
): Promise<ReadonlyMap<TenantId, LogMemory>> {
  const rank = new Map<string, number>();
  for (const { origin } of logs) {
    const installation = installationOrigin(origin);
    if (installation === null || rank.has(installation)) continue;
    [installation, ...(await signer.successorsOf(installation))].forEach((each, at) => rank.set(each, Math.max(at, rank.get(each) ?? 0)));
  }
  const newest = new Map<TenantId, LogMemory & { readonly rank: number }>();
  for (const head of remembered) {
    const installation = installationOrigin(head.origin) ?? '';
    const own = rank.get(installation);
    const tenant = tenantOf(head.origin);
    if (own !== undefined && (newest.get(tenant)?.rank ?? -1) < own) newest.set(tenant, { ...head, tenant, rank: own });
  }
  return newest;
}

function tenantOf(origin: string): TenantId {
  const last = origin.slice(origin.lastIndexOf('/') + 1);
  return last === '0' ? LOG_ZERO : (last as TenantId);
}

/** What a log is compared with. */
export interface Compared {
  /** The newest that was signed of it, under whichever origin. */
  readonly signed: Checkpoint | null;
  /** The same under its present origin. */
  readonly own: Checkpoint | null;
  readonly signer: LogSigner;
  readonly tiles: TileRepository;
}

/** Compares one log of the database with what is remembered of it. Throws Fault LOG_DAMAGED when it is not even consistent in itself. */
export async function findState(log: StoredLog, { signed, own, signer, tiles }: Compared): Promise<LogFinding> {
  if (Buffer.compare(await rootAt(tiles, log, log.size), log.root) !== 0) throw damaged(log);
  const stored = log.note === null ? null : parseCheckpoint(log.note);
  const isProven =
    log.note !== null &&
    stored !== null &&
    stored.origin === log.origin &&
    (await signer.hasSigned(log.note)) &&
    (await isPrefix(tiles, log, stored));
  const keptSize = isProven && stored ? stored.size : 0;
  const memoryIsOlder = keptSize > (own?.size ?? 0);
  // what the database shows to have been signed counts, also when the signer forgot
  const last = signed && (signed.origin !== log.origin || signed.size >= keptSize) ? signed : keptSize > 0 ? stored : null;
  const finding = { log, signed: last, keptSize, memoryIsOlder };
  if (last && last.size > log.size) return { ...finding, state: 'smaller' };
  if (last && !(await isPrefix(tiles, log, last))) return { ...finding, state: 'different' };
  return { ...finding, state: last && last.origin !== log.origin ? 'superseded' : 'grows' };
}

export async function absentLog({ tenant, origin, size, root }: LogMemory, present: string, signer: LogSigner): Promise<LogFinding> {
  const own = `${present}/${tenant === LOG_ZERO ? '0' : `t/${tenant}`}`;
  const vkey = answerFor(await signer.vkeys([own]), own).current;
  const log = { tenant, origin: own, vkey, size: 0, root: emptyRoot(sha256), note: null };
  return { log, state: 'absent', signed: { origin, size, root }, keptSize: 0, memoryIsOlder: false };
}

async function isPrefix(tiles: TileRepository, log: StoredLog, { size, root }: Checkpoint): Promise<boolean> {
  return size <= log.size && Buffer.compare(await rootAt(tiles, log, size), root) === 0;
}

/** Of the first `size` entries. */
async function rootAt(tiles: TileRepository, log: StoredLog, size: number): Promise<Uint8Array> {
  if (size === 0) return emptyRoot(sha256);
  try {
    return await tiles.withNodes(log.tenant, (get) => {
      // read first, so that the edge is known to be needed before the tree is restored from it
      const nodes = new Map(edgeOf(size).map(({ level, index }) => [level, get(level, index)]));
      return Tree.restore(sha256, size, (level) => nodes.get(level) ?? new Uint8Array(0)).root();
    });
  } catch (cause) {
    throw damaged(log, cause);
  }
}

function damaged({ origin, size }: StoredLog, cause?: unknown): Fault {
  const message = `the tables of the log ${origin} do not make a tree of size ${size}: this is not an older backup but a damaged database; restore a whole one`;
  return new Fault({ room: 'ledger', code: 'LOG_DAMAGED', message, safe: true, cause });
}
