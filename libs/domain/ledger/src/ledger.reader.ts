import { commitment, makeReceipt, parseEntry, partAssociatedData, type Receipt, SALT_BYTES } from '@imprimatur/formats/ledger';
import {
  bundlePath,
  bundlesOf,
  consistencyProof,
  encodeBundle,
  HASH_BYTES,
  inclusionProof,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
  tilesOf,
} from '@imprimatur/formats/merkle';
import { assert, type EntryId, Fault } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { open } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { hmacSha256, sha256 } from './digest.js';
import type { AuditEvent, EventPage, LogView } from './ledger.types.js';
import { ReaderRepository, type StoredEntry } from './reader.repository.js';
import { Sealing } from './sealing.js';
import { TileRepository } from './tile.repository.js';

/** The ledger's reading side. Whoever calls has asked whether the actor may read the ledger. */
@Injectable()
export class LedgerReader {
  constructor(
    private readonly repository: ReaderRepository,
    private readonly sealing: Sealing,
  ) {}

  /** Null: the tenant's first entry is not integrated yet. */
  async log(read: ReadContext): Promise<LogView | null> {
    return this.repository.log(read);
  }

  /** Oldest first. */
  async events(read: ReadContext, page: EventPage): Promise<readonly AuditEvent[]> {
    return (await this.repository.list(read, page)).map(toEvent);
  }

  async event(read: ReadContext, id: EntryId): Promise<AuditEvent | null> {
    const stored = await this.repository.find(read, id);
    return stored && toEvent(stored);
  }

  /** Salt and bytes of one part; null: no such part, or erased. */
  async openPart(read: ReadContext, id: EntryId, part: string): Promise<{ readonly salt: Uint8Array; readonly bytes: Uint8Array } | null> {
    const payload = await this.repository.payload(read, id, part);
    const key = payload && (await this.sealing.openDataKey(read, payload.wrappedKey));
    if (!payload || !key) return null;
    const plain = open(key, payload.sealed, partAssociatedData(read.context.tenant, id, part));
    return { salt: plain.subarray(0, SALT_BYTES), bytes: plain.subarray(SALT_BYTES) };
  }

  /**
   * Receipt of one entry under the newest signed checkpoint, with the named parts disclosed. Null: not integrated, or not yet covered by a
   * signature. Throws Fault PART_NOT_AVAILABLE when a part to disclose does not exist or was erased.
   */
  async receipt(read: ReadContext, id: EntryId, disclose: readonly string[] = []): Promise<Receipt | null> {
    const stored = await this.repository.find(read, id);
    const log = await this.repository.log(read);
    const size = log?.checkpoint?.size ?? 0;
    if (!stored || !log?.checkpoint || stored.index === null || stored.index >= size) return null;
    const index = stored.index;
    const event = toEvent(stored);
    const parts: Record<string, { salt: Uint8Array; bytes: Uint8Array }> = {};
    for (const name of disclose) {
      const part = await this.openPart(read, id, name);
      if (!part)
        throw new Fault({ room: 'ledger', code: 'PART_NOT_AVAILABLE', message: `part ${name} of the entry does not exist or was erased` });
      assert(
        event.entry.parts[name] === commitment(hmacSha256, part.salt, id, name, part.bytes),
        'a stored part is what its entry commits to',
      );
      parts[name] = part;
    }
    const proof = await this.tiles(read).withNodes(read.context.tenant, (get) => inclusionProof(sha256, get, index, size));
    return makeReceipt({ entry: stored.bytes, parts, index, proof, checkpoint: log.checkpoint.note });
  }

  /** From the tree of `oldSize` to that of `size`; both at most the newest signed size. */
  async consistency(read: ReadContext, oldSize: number, size: number): Promise<readonly Uint8Array[]> {
    return this.tiles(read).withNodes(read.context.tenant, (get) => consistencyProof(sha256, get, oldSize, size));
  }

  /** One file of the log at its C2SP path (`checkpoint`, `tile/...`, `log.vkey`); null: no such file in the signed log. */
  async file(read: ReadContext, path: string): Promise<Uint8Array | null> {
    const log = await this.repository.log(read);
    if (!log?.checkpoint) return null;
    if (path === 'checkpoint') return Buffer.from(log.checkpoint.note);
    if (path === 'log.vkey') return Buffer.from(`${log.vkey}\n`);
    const tile = parseTilePath(path);
    if (!tile) return null;
    const { tenant } = read.context;
    const { size } = log.checkpoint;
    const available = tile.kind === 'entries' ? size : Math.floor(size / TILE_WIDTH ** tile.level);
    if (tile.index * TILE_WIDTH + tile.width > available) return null;
    if (tile.kind === 'tile') {
      const hashes = await this.tiles(read).tile(tenant, tile.level, tile.index, tile.width);
      assert(hashes.length === tile.width * HASH_BYTES, 'a tile of the signed log is whole');
      return hashes;
    }
    return encodeBundle(await this.tiles(read).entries(tenant, tile.index * TILE_WIDTH, tile.width));
  }

  /** Paths of every file of the log at its newest signed size. */
  async paths(read: ReadContext): Promise<readonly string[]> {
    const size = (await this.repository.log(read))?.checkpoint?.size ?? 0;
    if (size === 0) return [];
    return ['checkpoint', 'log.vkey', ...tilesOf(size).map(tilePath), ...bundlesOf(size).map(bundlePath)];
  }

  private tiles(read: ReadContext): TileRepository {
    return new TileRepository(<Row>(sql: string, values: readonly unknown[]) => read.manager.query<Row[]>(sql, [...values]));
  }
}

function toEvent(stored: StoredEntry): AuditEvent {
  const parsed = parseEntry(stored.bytes);
  if (parsed.status !== 'entry')
    throw new Fault({ room: 'ledger', code: 'ENTRY_UNREADABLE', message: `entry ${stored.id} cannot be read` });
  return { id: stored.id, entry: parsed.entry, bytes: stored.bytes, index: stored.index, position: stored.position };
}
