import { join } from 'node:path';
import { sha256 } from '@imprimatur/domain/ledger';
import { type Entry, entryBytes, type LogSource } from '@imprimatur/formats/ledger';
import {
  type Checkpoint,
  checkpointText,
  encodeBundle,
  formatVkey,
  keyIdOf,
  leafHash,
  parseTilePath,
  signedNote,
  TILE_WIDTH,
  Tree,
} from '@imprimatur/formats/merkle';
import { type TenantId, toBase64Url, utf8 } from '@imprimatur/kernel';
import { CheckpointMemory, KeyRing } from '@imprimatur/platform/signing';
import type { LedgerRoom } from '../integration/ledger/ledger-room';

const TABLES = ['entry', 'about', 'leaf', 'node', 'checkpoint', 'anchor', 'log', 'pending', 'asset_head'].map((name) => `ledger_${name}`);
const TILE_LEVELS = 8;

export interface ForgedEntry {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Hashes of tile levels (0: leaves) and the root after each entry: `roots[n]` is that of size n. */
interface ForgedTree {
  readonly levels: readonly (readonly Uint8Array[])[];
  readonly roots: readonly Uint8Array[];
}

/** A superuser who takes the triggers away first. What needs the log's key says so. */
export class LogForger {
  private constructor(
    private readonly room: LedgerRoom,
    readonly tenant: TenantId,
    readonly origin: string,
  ) {}

  static async of(room: LedgerRoom, tenant: TenantId): Promise<LogForger> {
    await room.database.asAdmin(TABLES.map((table) => `alter table ${table} disable trigger all`).join(';'));
    const [log] = await room.database.asAdmin<{ origin: string }>('select origin from ledger_log where tenant = $1', [tenant]);
    return new LogForger(room, tenant, log?.origin ?? '');
  }

  async entries(): Promise<readonly ForgedEntry[]> {
    return this.room.database.asAdmin(
      `select e.id, e.bytes from ledger_leaf l join ledger_entry e on e.tenant = l.tenant and e.id = l.entry
        where l.tenant = $1 order by l.index`,
      [this.tenant],
    );
  }

  /** Makes these the whole log: entries, leaves, nodes, heads of assets and of the log. What is not among them is gone. */
  async rewrite(entries: readonly ForgedEntry[]): Promise<void> {
    const { database } = this.room;
    const { levels, roots } = treeOf(entries);
    const [leaves = []] = levels;
    const own = [this.tenant];
    for (const table of ['leaf', 'node']) await database.asAdmin(`delete from ledger_${table} where tenant = $1`, own);
    for (const [table, column] of [
      ['about', 'entry'],
      ['entry', 'id'],
    ])
      await database.asAdmin(`delete from ledger_${table} where tenant = $1 and ${column} <> all($2::uuid[])`, [
        this.tenant,
        entries.map(({ id }) => id),
      ]);
    await database.asAdmin(
      `with new as (select * from unnest($2::uuid[], $3::bytea[], $4::bytea[]) with ordinality as n (id, bytes, leaf_hash, place)
       ), entry as (
         update ledger_entry e set bytes = new.bytes, leaf_hash = new.leaf_hash from new where e.tenant = $1 and e.id = new.id
       ) insert into ledger_leaf (tenant, index, entry, leaf_hash) select $1, place - 1, id, leaf_hash from new`,
      [this.tenant, entries.map(({ id }) => id), entries.map(({ bytes }) => Buffer.from(bytes)), leaves.map((leaf) => Buffer.from(leaf))],
    );
    for (const [level, hashes] of levels.entries()) {
      if (level === 0) continue;
      await database.asAdmin(
        `insert into ledger_node (tenant, level, index, hash) select $1, $2, place - 1, hash from unnest($3::bytea[]) with ordinality as n (hash, place)`,
        [this.tenant, level, hashes.map((hash) => Buffer.from(hash))],
      );
    }
    await database.asAdmin(
      `with newest as (
         select distinct on (a.about) a.about, a.seq, e.leaf_hash from ledger_about a join ledger_entry e on e.tenant = a.tenant and e.id = a.entry
          where a.tenant = $1 and a.kind = 'asset' order by a.about, a.seq desc
       ), gone as (delete from ledger_asset_head where tenant = $1 and asset not in (select about from newest)
       ) update ledger_asset_head h set seq = n.seq, leaf_hash = n.leaf_hash from newest n where h.tenant = $1 and h.asset = n.about`,
      own,
    );
    await database.asAdmin('update ledger_log set size = $2, root = $3 where tenant = $1', [this.tenant, entries.length, roots.at(-1)]);
    await database.asAdmin('delete from ledger_checkpoint where tenant = $1 and size > $2', [this.tenant, entries.length]);
  }

  /** With the key: every stored checkpoint anew, and what the signer remembers. Answers the new notes by size. */
  async resign(entries: readonly ForgedEntry[]): Promise<ReadonlyMap<number, string>> {
    const { roots } = treeOf(entries);
    const rows = await this.room.database.asAdmin<{ size: string }>('select size from ledger_checkpoint where tenant = $1', [this.tenant]);
    const notes = new Map<number, string>();
    for (const size of rows.map((row) => Number(row.size))) {
      const root = roots[size] ?? new Uint8Array();
      notes.set(size, this.sign({ origin: this.origin, size, root }));
      const values = [this.tenant, size, Buffer.from(root), notes.get(size)];
      await this.room.database.asAdmin('update ledger_checkpoint set root = $3, note = $4 where tenant = $1 and size = $2', values);
    }
    const root = roots.at(-1) ?? new Uint8Array();
    new CheckpointMemory(join(this.room.home, 'signer', 'logs')).remember({ origin: this.origin, size: entries.length, root });
    return notes;
  }

  /** With the key, or with one of their own. */
  sign(checkpoint: Checkpoint, folder = join(this.room.home, 'signer')): string {
    const text = checkpointText(checkpoint);
    const signatures = new KeyRing(folder, 'log').keys().map(({ publicKey, sign }) => ({
      name: checkpoint.origin,
      keyId: keyIdOf(sha256, checkpoint.origin, publicKey),
      signature: sign(utf8(text)),
    }));
    return signedNote(text, ...signatures);
  }

  /** The files of a log of these entries, as somebody else could serve them. */
  files(entries: readonly ForgedEntry[], folder = join(this.room.home, 'signer')): LogSource {
    const { levels, roots } = treeOf(entries);
    const note = this.sign({ origin: this.origin, size: entries.length, root: roots.at(-1) ?? new Uint8Array() }, folder);
    const vkeys = new KeyRing(folder, 'log').keys().map(({ publicKey }) => `${formatVkey(sha256, this.origin, publicKey)}\n`);
    return async (path) => {
      if (path === 'checkpoint') return utf8(note);
      if (path === 'log.vkey') return utf8(vkeys.join(''));
      const tile = parseTilePath(path);
      if (!tile) return null;
      const [first, end] = [tile.index * TILE_WIDTH, tile.index * TILE_WIDTH + tile.width];
      if (tile.kind === 'entries') return end <= entries.length ? encodeBundle(entries.slice(first, end).map(({ bytes }) => bytes)) : null;
      const hashes = levels[tile.level] ?? [];
      return end <= hashes.length ? Buffer.concat(hashes.slice(first, end)) : null;
    };
  }
}

/** `entries` with the one at `index` changed, and every later `prev` of its assets put right: nothing in them tells. */
export function edited(entries: readonly ForgedEntry[], index: number, facts: Entry['facts']): readonly ForgedEntry[] {
  const renamed = new Map<string, string>();
  return entries.map(({ id, bytes }, at) => {
    const entry = JSON.parse(Buffer.from(bytes).toString('utf8')) as Entry;
    const about = entry.about.map((each) => (each.prev ? { ...each, prev: renamed.get(each.prev) ?? each.prev } : each));
    const changed = entryBytes({ ...entry, about, ...(at === index && { facts }) });
    renamed.set(linkOf(bytes), linkOf(changed));
    return { id, bytes: changed };
  });
}

const linkOf = (bytes: Uint8Array): string => toBase64Url(leafHash(sha256, bytes));

function treeOf(entries: readonly ForgedEntry[]): ForgedTree {
  const tree = Tree.empty(sha256);
  const levels: Uint8Array[][] = [[]];
  const roots = [tree.root()];
  for (const { bytes } of entries) {
    const leaf = leafHash(sha256, bytes);
    levels[0]?.push(leaf);
    for (const { level, hash } of tree.append(leaf)) if (level % TILE_LEVELS === 0) (levels[level / TILE_LEVELS] ??= []).push(hash);
    roots.push(tree.root());
  }
  return { levels, roots };
}
