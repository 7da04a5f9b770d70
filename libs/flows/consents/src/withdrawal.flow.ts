import { AssetService } from '@imprimatur/domain/assets';
import { ConsentService } from '@imprimatur/domain/consent';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import { ExportService } from '@imprimatur/domain/exports';
import { ReviewService } from '@imprimatur/domain/review';
import { type ConsentId, ok, type Result, type VersionId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ConsentFlowRefusal } from './consent.flow.refusals.js';
import { ConsentReach } from './consent.reach.js';

/** What a withdrawal changed; counts of what this very call did, so the second of two answers zeros. A type, as JSON is kept of it. */
export type WithdrawalReport = {
  readonly versionsBlocked: number;
  readonly itemsEnded: number;
  readonly tasksClosed: number;
  /** Done, and marked as withdrawn: who verifies them online is told. */
  readonly exportsFlagged: number;
  /** Under way, and given up. */
  readonly exportsStopped: number;
};

const WITHDRAWN = 'CONSENT_WITHDRAWN';
const REASON = 'consent-withdrawn';

/** Ends a consent, and with it everything that rests on it, in the caller's one transaction. */
@Injectable()
export class WithdrawalFlow {
  constructor(
    private readonly consents: ConsentService,
    private readonly reach: ConsentReach,
    private readonly assets: AssetService,
    private readonly editing: EditingService,
    private readonly reviews: ReviewService,
    private readonly exports: ExportService,
  ) {}

  /**
   * Locks in the order of everybody else (items, pictures, tasks, exports), and all of them before the first entry of the ledger, which holds
   * the head of its picture's history: whoever releases or exports is waited for and then undone, or waits and is refused.
   */
  async withdraw(write: WriteContext, id: ConsentId, reason: string): Promise<Result<WithdrawalReport, ConsentFlowRefusal>> {
    const held = await this.consents.holdForWithdrawal(write, id);
    if (!held.ok) return held;
    const { record, bindings } = held.value;
    const roots = await this.reach.of(write, record, bindings);
    const { items, exportIds } = await this.hold(write, roots);
    const withdrawn = await this.consents.withdraw(write, id, reason);
    if (!withdrawn.ok) return withdrawn;
    let versionsBlocked = 0;
    for (const root of roots) versionsBlocked += (await this.assets.block(write, root, REASON)).length;
    const { itemsEnded, tasksClosed } = await this.endItems(write, items);
    const exportsEnded = await this.exports.endForRights(write, exportIds, 'withdrawn', WITHDRAWN);
    return ok({ versionsBlocked, itemsEnded, tasksClosed, ...exportsEnded });
  }

  private async hold(write: WriteContext, roots: readonly VersionId[]) {
    const found = await this.assets.findVersions(write, roots);
    const live = await this.editing.lockItemsOfAssets(write, [...new Set(found.map(({ asset }) => asset))]);
    const versions = await this.assets.lockFamilies(write, roots);
    const family = new Set<VersionId>(versions.map(({ id }) => id));
    const items = live.filter(
      ({ baseVersion, resultVersion }) => family.has(baseVersion) || (resultVersion !== null && family.has(resultVersion)),
    );
    await this.reviews.lockWaitingOf(
      write,
      items.map(({ id }) => id),
    );
    return { items, exportIds: await this.exports.lockOfVersions(write, [...family]) };
  }

  /** The tasks first: a task about an item that has ended would be nobody's. */
  private async endItems(write: WriteContext, items: readonly TurnItem[]): Promise<Pick<WithdrawalReport, 'itemsEnded' | 'tasksClosed'>> {
    let tasksClosed = 0;
    let itemsEnded = 0;
    for (const { id } of items) if (await this.reviews.void(write, id, REASON)) tasksClosed += 1;
    for (const { id } of items) if ((await this.editing.endForRights(write, id, WITHDRAWN))?.ok) itemsEnded += 1;
    return { itemsEnded, tasksClosed };
  }
}
