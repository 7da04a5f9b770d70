import { type Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { KEY_PROVIDER, type KeyProvider } from '@imprimatur/platform/keys';
import { Inject, Injectable } from '@nestjs/common';
import { DataKeyRepository, type StoredDataKey } from './data-key.repository.js';
import { type DataKeyTable, DataKeyTables } from './data-key.tables.js';
import { keysRotated } from './key.events.js';
import { rewrapped } from './sealing.js';
import { Ledger } from '../writing/ledger.js';

/** Rows that one statement looks at, and wrapped keys that one transaction changes. */
const LOOKED_AT = 1_000;
const BATCH = 100;

/** Takes the outer wrapping of every stored data key to the tenant's newest generation. What it wraps stays sealed by each person's key. */
@Injectable()
export class DataKeyRotation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tables: DataKeyTables,
    private readonly repository: DataKeyRepository,
    private readonly ledger: Ledger,
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
  ) {}

  /** Batch by batch, each committed with its event; what `keyId` wraps already is left alone. Answers how many were wrapped anew. */
  async carryOut(context: Context, keyId: string, signal?: AbortSignal): Promise<number> {
    let total = 0;
    for (const table of this.tables.all()) {
      for (let after: readonly string[] | null = null; ;) {
        signal?.throwIfAborted();
        const { outdated, last } = await this.unitOfWork.read(context, (read) =>
          this.repository.look(read, table, keyId, after, LOOKED_AT),
        );
        for (let at = 0; at < outdated.length; at += BATCH)
          total += await this.rewrap(context, keyId, table, outdated.slice(at, at + BATCH));
        if (last === null) break;
        after = last;
      }
    }
    return total;
  }

  /** The provider works outside any transaction: no row is locked while a token or a network is waited for. */
  private async rewrap(context: Context, keyId: string, table: DataKeyTable, batch: readonly StoredDataKey[]): Promise<number> {
    const changes: { readonly old: StoredDataKey; readonly next: Uint8Array }[] = [];
    for (const old of batch) changes.push({ old, next: await rewrapped(this.provider, context.tenant, old.wrapped) });
    return this.unitOfWork.write(context, async (write) => {
      const count = await this.repository.replace(write, table, changes);
      if (count > 0) await this.ledger.append(write, keysRotated(context.tenant, keyId, count, table.table));
      return count;
    });
  }
}
