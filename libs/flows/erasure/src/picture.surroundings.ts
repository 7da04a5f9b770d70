import { PictureCopies, type PictureCopy } from '@imprimatur/domain/assets';
import { type BindingCopy, ConsentCopies } from '@imprimatur/domain/consent';
import { EditingCopies, type ItemCopy, type MaskCopy } from '@imprimatur/domain/editing';
import { ExportCopies, type ExportCopy } from '@imprimatur/domain/exports';
import { PayloadCopies, type PayloadCopy } from '@imprimatur/domain/ledger';
import { ScreeningCopies, type ScreeningCopy } from '@imprimatur/domain/moderation';
import { type AttemptCopy, AttemptCopies } from '@imprimatur/domain/providers';
import { ReviewCopies, type ReviewCopy } from '@imprimatur/domain/review';
import type { AssetId, SessionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Parts of entries that tell of a picture: its digest, its outline, what was seen in it and done to it. Other people's words are not among them. */
const OF_VERSION = ['picture', 'operations', 'content', 'binding', 'file'];
const OF_ITEM = ['picture', 'content', 'verdict', 'request', 'response', 'message'];

/** Everything that is known of some pictures, wherever it lies. */
export interface PictureSurroundings {
  readonly assets: readonly AssetId[];
  /** Assets of which nothing is left without these pictures. */
  readonly emptied: readonly AssetId[];
  readonly items: readonly ItemCopy[];
  readonly exports: readonly ExportCopy[];
  readonly bindings: readonly BindingCopy[];
  readonly screenings: readonly ScreeningCopy[];
  readonly masks: readonly MaskCopy[];
  readonly reviews: readonly ReviewCopy[];
  readonly attempts: readonly AttemptCopy[];
  readonly sessions: readonly SessionId[];
  readonly payloads: readonly PayloadCopy[];
}

/** Asks each noun what it keeps of a picture. */
@Injectable()
export class PictureSurroundingsReader {
  constructor(
    private readonly pictures: PictureCopies,
    private readonly consents: ConsentCopies,
    private readonly editing: EditingCopies,
    private readonly exports: ExportCopies,
    private readonly screenings: ScreeningCopies,
    private readonly attempts: AttemptCopies,
    private readonly reviews: ReviewCopies,
    private readonly payloads: PayloadCopies,
  ) {}

  async read(read: ReadContext, pictures: readonly PictureCopy[]): Promise<PictureSurroundings> {
    const versions = pictures.map(({ version }) => version);
    const assets = [...new Set(pictures.map(({ asset }) => asset))];
    const emptied = await this.pictures.emptiedBy(read, assets, versions);
    const items = await this.editing.itemsOf(read, versions);
    const itemIds = items.map(({ item }) => item);
    const digests = pictures.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]));
    const found = {
      assets,
      emptied,
      items,
      exports: await this.exports.ofVersions(read, versions),
      bindings: await this.consents.bindingsTo(read, versions, digests),
      screenings: await this.screenings.ofVersions(read, versions),
      masks: await this.editing.masksOf(read, itemIds, emptied),
      reviews: await this.reviews.of(read, versions, itemIds),
      attempts: await this.attempts.ofItems(read, itemIds),
      sessions: await this.editing.emptiedSessions(read, emptied),
    };
    return { ...found, payloads: await this.payloadsOf(read, versions, found) };
  }

  private async payloadsOf(
    read: ReadContext,
    versions: readonly string[],
    { emptied, items, masks, sessions, exports }: Omit<PictureSurroundings, 'payloads'>,
  ): Promise<readonly PayloadCopy[]> {
    const asked = [
      { kind: 'version', ids: versions, parts: OF_VERSION },
      { kind: 'export', ids: exports.map((each) => each.export), parts: OF_VERSION },
      { kind: 'item', ids: items.map(({ item }) => item), parts: OF_ITEM },
      { kind: 'mask', ids: masks.map(({ mask }) => mask), parts: ['mask'] },
      { kind: 'asset', ids: emptied, parts: ['name', 'rights'] },
      { kind: 'session', ids: sessions, parts: ['name'] },
    ] as const;
    const found = new Map<string, PayloadCopy>();
    for (const about of asked) for (const copy of await this.payloads.about(read, about)) found.set(`${copy.entry}/${copy.part}`, copy);
    return [...found.values()];
  }
}
