import { type About, Ledger } from '@imprimatur/domain/ledger';
import type { ItemId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { versionRestored } from './asset.events.js';
import { AssetRepository } from './asset.repository.js';
import type { Version } from './asset.types.js';

/**
 * Versions as what follows from one another, for flows that authorised already: whoever takes a consent back may have no right to see the pictures that
 * rest on it, and all of them must be found.
 */
@Injectable()
export class AssetFamilies {
  constructor(
    private readonly assets: AssetRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Every version whose file has one of these digests. */
  async ofPictures(read: ReadContext, digests: readonly Uint8Array[]): Promise<readonly Version[]> {
    return this.assets.ofPictures(read, digests);
  }

  /** What was made for these items. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly Version[]> {
    return items.length === 0 ? [] : this.assets.ofItems(read, items);
  }

  /** Ends the blocks of `ids` that nothing else needs: one in quarantine stays. `about` is what they came of; the caller authorised. */
  async unblock(write: WriteContext, ids: readonly VersionId[], about: About): Promise<readonly Version[]> {
    const freed = await this.assets.setUnblocked(write, ids);
    for (const version of freed) await this.ledger.append(write, versionRestored(version, about));
    return freed;
  }

  /** Those of `ids` that exist. */
  async ofIds(read: ReadContext, ids: readonly VersionId[]): Promise<readonly Version[]> {
    return this.assets.findVersions(read, ids);
  }

  /** The roots and everything made from them. */
  async of(read: ReadContext, roots: readonly VersionId[]): Promise<readonly Version[]> {
    return roots.length === 0 ? [] : this.assets.families(read, roots);
  }

  /** Until the transaction ends nothing is added to, released of, or exported from the assets of `roots`. Answers the roots and all made from them. */
  async hold(write: WriteContext, roots: readonly VersionId[]): Promise<readonly Version[]> {
    if (roots.length === 0) return [];
    await this.assets.lockTrees(write, roots);
    return this.assets.families(write, roots);
  }
}
