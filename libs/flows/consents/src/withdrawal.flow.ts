import { AssetFamilies, AssetService, type Version } from '@imprimatur/domain/assets';
import { type AttestationRefusal, AttestationService, ConsentService, stateAt } from '@imprimatur/domain/consent';
import { EditingService, type TurnItem } from '@imprimatur/domain/editing';
import { ExportService } from '@imprimatur/domain/exports';
import { type NoticeCause, NoticeService } from '@imprimatur/domain/notices';
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
  type SubjectId,
  type VersionId,
} from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Later } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { addresseesOf } from './consent.addressees.js';
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
    private readonly families: AssetFamilies,
    private readonly editing: EditingService,
    private readonly reviews: ReviewService,
    private readonly exports: ExportService,
    private readonly notices: NoticeService,
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
    if (!withdrawn.ok) return withdrawn;
    const { version, validUntil } = withdrawn.value;
    const told = { kind: 'consent-withdrawn', about: id, version, daysLeft: null, until: validUntil } as const;
    // who registered it is told by the withdrawal that was the first
    return ok(await this.end(write, roots, holding, CONSENT, told, record.state === 'given' ? record.registeredBy : null));
  }

  /** The consent's time is over: the same, for whoever is the system. Null: it does not end now, because it was withdrawn or never had an end. Throws Later before its time. */
  async expire(write: WriteContext, id: ConsentId): Promise<WithdrawalReport | null> {
    const held = await this.consents.holdForWithdrawal(write, id);
    assert(held.ok, 'the consent of a job exists');
    const { record, bindings } = held.value;
    const now = systemClock.now();
    const state = stateAt(record, now);
    // the queue goes by the clock of the database, which may be ahead
    if (state === 'given' && record.validUntil !== null) throw new Later(record.validUntil.getTime() - now.getTime());
    if (state !== 'expired') return null;
    const roots = await this.reach.of(write, record, bindings);
    const holding = await this.hold(write, roots);
    await this.consents.recordExpired(write, record, bindings);
    const told = { kind: 'consent-expired', about: id, version: record.version, daysLeft: null, until: record.validUntil } as const;
    return this.end(write, roots, holding, EXPIRY, told, record.registeredBy);
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
    if (ended.value.confirmed === null) return ok(NOTHING);
    const told = { kind: 'attestation-ended', about: id, version: 1, daysLeft: null, until: null } as const;
    return ok(await this.end(write, made, holding, ATTESTATION, told, null));
  }

  private async end(
    write: WriteContext,
    roots: readonly VersionId[],
    { items, exportIds }: Held,
    ground: Ground,
    cause: NoticeCause,
    registeredBy: SubjectId | null,
  ): Promise<WithdrawalReport> {
    let versionsBlocked = 0;
    for (const root of roots) versionsBlocked += (await this.assets.block(write, root, ground.reason)).length;
    const { itemsEnded, tasksClosed } = await this.endItems(write, items, ground);
    const { ended, ...counts } = await this.exports.endForRights(write, exportIds, ground.standing, ground.code);
    await this.notices.tell(write, cause, addresseesOf(ended, [registeredBy], write.context.actor.subject));
    return { versionsBlocked, itemsEnded, tasksClosed, ...counts };
  }

  private async hold(write: WriteContext, roots: readonly VersionId[]): Promise<Held> {
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
  ): Promise<Pick<WithdrawalReport, 'itemsEnded' | 'tasksClosed'>> {
    let tasksClosed = 0;
    let itemsEnded = 0;
    for (const { id } of items) if (await this.reviews.void(write, id, reason)) tasksClosed += 1;
    for (const { id } of items) if ((await this.editing.endForRights(write, id, code))?.ok) itemsEnded += 1;
    return { itemsEnded, tasksClosed };
  }
}
