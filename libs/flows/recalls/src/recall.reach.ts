import { AssetFamilies, BlobVault } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import { ExportService } from '@imprimatur/domain/exports';
import { AttemptService } from '@imprimatur/domain/providers';
import type { RecallCriterion } from '@imprimatur/domain/publications';
import { fromHex, type ItemId, type MaskId, type VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** A part of what a recall reaches. Null instead: nothing is left. */
export interface Reached {
  readonly roots: readonly VersionId[];
  /** After which the next part begins. */
  readonly cursor: string;
}

/** Finds the pictures that have something in common, in the order of ids, so that a crash repeats one part and misses none. */
@Injectable()
export class RecallReach {
  constructor(
    private readonly editing: EditingService,
    private readonly attempts: AttemptService,
    private readonly families: AssetFamilies,
    private readonly vault: BlobVault,
    private readonly exports: ExportService,
  ) {}

  async next(read: ReadContext, criterion: RecallCriterion, after: string | null, first: number): Promise<Reached | null> {
    if (criterion.kind === 'hash') return this.ofFile(read, fromHex(criterion.value), after);
    const items = await this.items(read, criterion, after as ItemId | null, first);
    const cursor = items.at(-1);
    if (cursor === undefined) return null;
    return { roots: (await this.families.ofItems(read, items)).map(({ id }) => id), cursor };
  }

  private async items(
    read: ReadContext,
    { kind, value }: RecallCriterion,
    after: ItemId | null,
    first: number,
  ): Promise<readonly ItemId[]> {
    switch (kind) {
      case 'model':
        return this.attempts.itemsMadeBy(read, value, after, first);
      case 'mask':
        return this.editing.itemsWithMask(read, value as MaskId, after, first);
      case 'rule':
        return this.editing.itemsUnderRule(read, value, after, first);
      case 'hash':
        return [];
    }
  }

  /** Few enough for one part: the same file uploaded or made, and what was exported as it. */
  private async ofFile(read: ReadContext, sha256: Uint8Array, after: string | null): Promise<Reached | null> {
    const pictures = await this.families.ofPictures(read, [sha256]);
    const blob = await this.vault.findByDigest(read, sha256);
    const exported = blob ? await this.exports.ofFile(read, blob.id, null) : [];
    const roots = [...new Set([...pictures.map(({ id }) => id), ...exported.map(({ version }) => version)])].sort();
    const cursor = roots.at(-1);
    return cursor === undefined || after !== null ? null : { roots, cursor };
  }
}
