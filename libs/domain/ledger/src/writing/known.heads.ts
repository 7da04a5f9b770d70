import type { AssetId, TenantId } from '@imprimatur/kernel';
import type { Head } from './entry.row.js';

const HEADS_MAX = 10_000;

/**
 * Where the next entries of the assets stand that this process wrote about last. Nothing depends on its being right: a transaction that was
 * rolled back, or another process, makes it wrong, and the database says so.
 */
export class KnownHeads {
  private readonly heads = new Map<string, Head>();

  get(tenant: TenantId, asset: AssetId): Head | undefined {
    return this.heads.get(`${tenant}/${asset}`);
  }

  set(tenant: TenantId, asset: AssetId, head: Head): void {
    const key = `${tenant}/${asset}`;
    this.heads.delete(key);
    this.heads.set(key, head);
    if (this.heads.size <= HEADS_MAX) return;
    const [oldest] = this.heads.keys();
    if (oldest !== undefined) this.heads.delete(oldest);
  }
}
