import {
  commitment,
  makeReceipt,
  parseEntry,
  partAssociatedData,
  type Receipt,
  type ReceiptParts,
  SALT_BYTES,
} from '@imprimatur/formats/ledger';
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
import { assert, type EntryId, Fault, type TenantId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { open } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { Anchors } from '../anchoring/anchors.js';
import { hmacSha256, sha256 } from '../digest.js';
import type { AuditEvent, EventPage, LogView } from '../ledger.types.js';
import { LOG_ZERO } from '../anchoring/log.zero.js';
import { ReaderRepository, type StoredEntry } from './reader.repository.js';
import { Sealing } from '../sealing/sealing.js';
import { tilesFor } from './tile.repository.js';

type SignedHead = NonNullable<LogView['checkpoint']>;

/** The ledger's reading side. Whoever calls has asked whether the actor may read the ledger. */
@Injectable()
export class LedgerReader {
  constructor(
    private readonly repository: ReaderRepository,
    private readonly sealing: Sealing,
    private readonly anchors: Anchors,
  ) {}

  /** Null: the tenant's first entry is not integrated yet. */
  async log(read: ReadContext): Promise<LogView | null> {
    return this.repository.log(read, read.context.tenant);
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

  /** A part that is words: why somebody did it. Null: no such part, or erased. */
  async openText(read: ReadContext, id: EntryId, part: string): Promise<string | null> {
    const opened = await this.openPart(read, id, part);
    return opened && new TextDecoder().decode(opened.bytes);
  }

  /**
   * Receipt of one entry, with the named parts disclosed: under the earliest checkpoint that covers it and stands in log 0, with what others put
   * behind that one; else under the newest signed one. Null: not integrated, or not yet covered by a signature. Throws Fault PART_NOT_AVAILABLE when a part to disclose does not exist or was erased.
   */
  async receipt(read: ReadContext, id: EntryId, disclose: readonly string[] = []): Promise<Receipt | null> {
    const stored = await this.repository.find(read, id);
    const log = await this.log(read);
    if (!stored || !log?.checkpoint || stored.index === null || stored.index >= log.checkpoint.size) return null;
    const { index } = stored;
    const parts = await this.disclosed(read, toEvent(stored), disclose);
    const { size, note, anchors } = (await this.anchors.covering(read, index)) ?? { ...log.checkpoint, anchors: [] };
    const proof = await tilesFor(read).withNodes(read.context.tenant, (get) => inclusionProof(sha256, get, index, size));
    return makeReceipt({ entry: stored.bytes, parts, index, proof, checkpoint: note, anchors });
  }

  private async disclosed(read: ReadContext, { id, entry }: AuditEvent, names: readonly string[]): Promise<ReceiptParts['parts']> {
    const parts: Record<string, { salt: Uint8Array; bytes: Uint8Array }> = {};
    for (const name of names) {
      const part = await this.openPart(read, id, name);
      if (!part)
        throw new Fault({ room: 'ledger', code: 'PART_NOT_AVAILABLE', message: `part ${name} of the entry does not exist or was erased` });
      assert(entry.parts[name] === commitment(hmacSha256, part.salt, id, name, part.bytes), 'a stored part is what its entry commits to');
      parts[name] = part;
    }
    return parts;
  }

  /** From the tree of `oldSize` to that of `size`; both at most the newest signed size. */
  async consistency(read: ReadContext, oldSize: number, size: number): Promise<readonly Uint8Array[]> {
    return tilesFor(read).withNodes(read.context.tenant, (get) => consistencyProof(sha256, get, oldSize, size));
  }

  /** One file of the log at its C2SP path (`checkpoint`, `tile/...`, `log.vkey`); null: no such file in the signed log. */
  async file(read: ReadContext, path: string): Promise<Uint8Array | null> {
    const { tenant } = read.context;
    const log = await this.repository.log(read, tenant);
    return log?.checkpoint ? this.fileOf(read, tenant, log.vkey, log.checkpoint, path) : null;
  }

  /** The same of log 0, which is public: whoever asks, `read` may be of any tenant. */
  async logZeroFile(read: ReadContext, path: string): Promise<Uint8Array | null> {
    const log = await this.repository.log(read, LOG_ZERO);
    if (!log?.checkpoint) return null;
    // a witness that lags does not hide what is signed: tiles are served to the newest size, the checkpoint as far as it is cosigned
    const head = path === 'checkpoint' ? ((await this.anchors.logZeroNote(read)) ?? log.checkpoint) : log.checkpoint;
    return this.fileOf(read, LOG_ZERO, log.vkey, head, path);
  }

  private async fileOf(read: ReadContext, tenant: TenantId, vkey: string, head: SignedHead, path: string): Promise<Uint8Array | null> {
    if (path === 'checkpoint') return Buffer.from(head.note);
    if (path === 'log.vkey') return Buffer.from(`${vkey}\n`);
    const tile = parseTilePath(path);
    if (!tile) return null;
    const available = tile.kind === 'entries' ? head.size : Math.floor(head.size / TILE_WIDTH ** tile.level);
    if (tile.index * TILE_WIDTH + tile.width > available) return null;
    if (tile.kind === 'tile') {
      const hashes = await tilesFor(read).tile(tenant, tile.level, tile.index, tile.width);
      assert(hashes.length === tile.width * HASH_BYTES, 'a tile of the signed log is whole');
      return hashes;
    }
    return encodeBundle(await tilesFor(read).entries(tenant, tile.index * TILE_WIDTH, tile.width));
  }

  /** Paths of every file of the log at its newest signed size. */
  async paths(read: ReadContext): Promise<readonly string[]> {
    const size = (await this.log(read))?.checkpoint?.size ?? 0;
    if (size === 0) return [];
    return ['checkpoint', 'log.vkey', ...tilesOf(size).map(tilePath), ...bundlesOf(size).map(bundlePath)];
  }
}

function toEvent(stored: StoredEntry): AuditEvent {
  const parsed = parseEntry(stored.bytes);
  if (parsed.status !== 'entry')
    throw new Fault({ room: 'ledger', code: 'ENTRY_UNREADABLE', message: `entry ${stored.id} cannot be read` });
  return { id: stored.id, entry: parsed.entry, bytes: stored.bytes, index: stored.index, position: stored.position };
}
