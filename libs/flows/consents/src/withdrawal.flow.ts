import { AssetService, type Version } from '@imprimatur/domain/assets';
import { type AttestationRefusal, AttestationService, ConsentService, stateAt } from '@imprimatur/domain/consent';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import { ExportService } from '@imprimatur/domain/exports';
import { ReviewService } from '@imprimatur/domain/review';
import {
  assert,
  systemClock,
  type AttestationId,
  type ConsentId,
  type ExportId,
  notFound,
  ok,
  refuse,
  type Result,
  type VersionId,
} from '@imprimatur/kernel';
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

/** What ended, as its consequences name it: `reason` of what is blocked and voided, `code` of what fails, `standing` of what has left the house. */
interface Ground {
  readonly reason: string;
  readonly code: string;
  readonly standing: 'flagged' | 'withdrawn';
}

const NOTHING: WithdrawalReport = { versionsBlocked: 0, itemsEnded: 0, tasksClosed: 0, exportsFlagged: 0, exportsStopped: 0 };
const CONSENT: Ground = { reason: 'consent-withdrawn', code: 'CONSENT_WITHDRAWN', standing: 'withdrawn' };
/** What was published while it held was right then: whoever uses it should ask. */
const EXPIRY: Ground = { reason: 'consent-expired', code: 'CONSENT_EXPIRED', standing: 'flagged' };
const ATTESTATION: Ground = { reason: 'attestation-ended', code: 'ATTESTATION_ENDED', standing: 'withdrawn' };

interface Held {
  readonly versions: readonly Version[];
  readonly items: readonly TurnItem[];
  readonly exportIds: readonly ExportId[];
}

/** Ends a consent, or an attestation that none is needed, and with it everything that rests on it, in the caller's one transaction. */
@Injectable()
export class WithdrawalFlow {
  constructor(
    private readonly consents: ConsentService,
    private readonly attestations: AttestationService,
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
    const holding = await this.hold(write, roots);
    const withdrawn = await this.consents.withdraw(write, id, reason);
    return withdrawn.ok ? ok(await this.end(write, roots, holding, CONSENT)) : withdrawn;
  }

  /** The consent's time is over: the same, for whoever is the system. Null: it does not end now, because it was withdrawn or never had an end. */
  async expire(write: WriteContext, id: ConsentId): Promise<WithdrawalReport | null> {
    const held = await this.consents.holdForWithdrawal(write, id);
    assert(held.ok, 'the consent of a job exists');
    const { record, bindings } = held.value;
    if (stateAt(record, systemClock.now()) !== 'expired') return null;
    const roots = await this.reach.of(write, record, bindings);
    const holding = await this.hold(write, roots);
    await this.consents.recordExpired(write, record, bindings);
    return this.end(write, roots, holding, EXPIRY);
  }

  /** The picture itself stays: nobody agreed to it, and nobody can withdraw it. What was made from it goes, if the attestation ever counted. */
  async endAttestation(
    write: WriteContext,
    id: AttestationId,
    reason: string,
  ): Promise<Result<WithdrawalReport, ConsentFlowRefusal | AttestationRefusal>> {
    const [found] = await this.attestations.findMany(write, [id]);
    if (!found) return refuse(notFound('attestation'));
    const holding = await this.hold(write, [found.version]);
    const ended = await this.attestations.end(write, id, reason);
    if (!ended.ok) return ended;
    const made = holding.versions.filter(({ parent }) => parent === found.version).map(({ id: child }) => child);
    // as it is now that it is held: it may have been confirmed a moment ago
    return ok(ended.value.confirmed === null ? NOTHING : await this.end(write, made, holding, ATTESTATION));
  }

  private async end(
    write: WriteContext,
    roots: readonly VersionId[],
    { items, exportIds }: Held,
    ground: Ground,
  ): Promise<WithdrawalReport> {
    let versionsBlocked = 0;
    for (const root of roots) versionsBlocked += (await this.assets.block(write, root, ground.reason)).length;
    const { itemsEnded, tasksClosed } = await this.endItems(write, items, ground);
    const exportsEnded = await this.exports.endForRights(write, exportIds, ground.standing, ground.code);
    return { versionsBlocked, itemsEnded, tasksClosed, ...exportsEnded };
  }

  private async hold(write: WriteContext, roots: readonly VersionId[]): Promise<Held> {
    const found = await this.assets.ofIds(write, roots);
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
    return { versions, items, exportIds: await this.exports.lockOfVersions(write, [...family]) };
  }

  /** The tasks first: a task about an item that has ended would be nobody's. */
  private async endItems(
    write: WriteContext,
    items: readonly TurnItem[],
    { reason, code }: Ground,
  ): Promise<Pick<WithdrawalReport, 'itemsEnded' | 'tasksClosed'>> {
    let tasksClosed = 0;
    let itemsEnded = 0;
    for (const { id } of items) if (await this.reviews.void(write, id, reason)) tasksClosed += 1;
    for (const { id } of items) if ((await this.editing.endForRights(write, id, code))?.ok) itemsEnded += 1;
    return { itemsEnded, tasksClosed };
  }
}
