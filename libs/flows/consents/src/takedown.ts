import { AssetFamilies, AssetService, type Version } from '@imprimatur/domain/assets';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import { type Export, ExportService } from '@imprimatur/domain/exports';
import { PictureBank } from '@imprimatur/domain/moderation';
import { ReviewService } from '@imprimatur/domain/review';
import { assert, type ExportId, type VersionId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** What taking pictures down changed; counts of what this very call did, so the second of two answers zeros. A type, as JSON is kept of it. */
export type TakedownReport = {
  readonly versionsBlocked: number;
  readonly itemsEnded: number;
  readonly tasksClosed: number;
  /** Done, and marked as flagged or withdrawn: who verifies them online is told. */
  readonly exportsFlagged: number;
  /** Under way, and given up. */
  readonly exportsStopped: number;
};

/** What ended, as its consequences name it: `reason` of what is blocked and voided, `code` of what fails, `standing` of what has left the house. */
export interface Ground {
  readonly reason: string;
  readonly code: string;
  readonly standing: 'flagged' | 'withdrawn';
  /** What the bank remembers of the pictures; null: nothing. */
  readonly knownAs: 'withdrawn' | null;
}

/** Everything around some pictures, held until the transaction ends. */
export interface Held {
  readonly versions: readonly Version[];
  readonly items: readonly TurnItem[];
  readonly exportIds: readonly ExportId[];
}

/** What one call changed. */
export interface TakenDown {
  readonly report: TakedownReport;
  readonly blocked: readonly VersionId[];
  readonly exports: readonly Export[];
}

/**
 * Takes pictures down with everything that was made from them, in the caller's one transaction. Locks in the order of everybody else (items,
 * pictures, tasks, exports), and all of them before the first entry of the ledger: hold first, then write, then end.
 */
@Injectable()
export class Takedown {
  constructor(
    private readonly assets: AssetService,
    private readonly families: AssetFamilies,
    private readonly editing: EditingService,
    private readonly reviews: ReviewService,
    private readonly exports: ExportService,
    private readonly bank: PictureBank,
  ) {}

  async end(write: WriteContext, roots: readonly VersionId[], { items, exportIds }: Held, ground: Ground): Promise<TakenDown> {
    const blocked: VersionId[] = [];
    for (const root of roots) {
      for (const version of await this.assets.block(write, root, ground.reason)) blocked.push(version.id);
    }
    // also what was blocked for another reason before, which may be undone
    if (ground.knownAs) for (const version of await this.families.of(write, roots)) await this.bank.join(write, version, ground.knownAs);
    const { itemsEnded, tasksClosed } = await this.endItems(write, items, ground);
    const { ended, ...counts } = await this.exports.endForRights(write, exportIds, ground.standing, ground.code);
    return { report: { versionsBlocked: blocked.length, itemsEnded, tasksClosed, ...counts }, blocked, exports: ended };
  }

  async hold(write: WriteContext, roots: readonly VersionId[]): Promise<Held> {
    const found = await this.families.ofIds(write, roots);
    const live = await this.editing.lockItemsOfAssets(write, [...new Set(found.map(({ asset }) => asset))]);
    const versions = await this.families.hold(write, roots);
    const family = new Set<VersionId>(versions.map(({ id }) => id));
    const items = live.filter(
      ({ baseVersion, resultVersion }) => family.has(baseVersion) || (resultVersion !== null && family.has(resultVersion)),
    );
    await this.reviews.lockWaitingOf(
      write,
      items.map(({ id }) => id),
    );
    return { versions, items, exportIds: await this.exports.lockOfVersions(write, [...family]) };
  }

  /** The tasks first: a task about an item that has ended would be nobody's. */
  private async endItems(
    write: WriteContext,
    items: readonly TurnItem[],
    { reason, code }: Ground,
  ): Promise<Pick<TakedownReport, 'itemsEnded' | 'tasksClosed'>> {
    let tasksClosed = 0;
    let itemsEnded = 0;
    for (const { id } of items) if (await this.reviews.void(write, id, reason)) tasksClosed += 1;
    for (const { id } of items) {
      const ended = await this.editing.endForRights(write, id, code);
      assert(ended?.ok ?? true, 'an item that is held can be ended for its rights');
      if (ended) itemsEnded += 1;
    }
    return { itemsEnded, tasksClosed };
  }
}
