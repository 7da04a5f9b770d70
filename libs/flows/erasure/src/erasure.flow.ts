import { PictureCopies } from '@imprimatur/domain/assets';
import { allow, PersonCopies } from '@imprimatur/domain/identity';
import { PayloadCopies, Sealing } from '@imprimatur/domain/ledger';
import {
  type ErasureRefusal,
  ErasureService,
  isText,
  lastAdministrator,
  planChanged,
  REASON_CHARS_MAX,
  reasonInvalid,
  RetentionGuard,
  underLegalHold,
  underRetentionDuty,
} from '@imprimatur/domain/retention';
import { ReviewCopies } from '@imprimatur/domain/review';
import {
  type AssetId,
  equalBytes,
  type ErasureId,
  notFound,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { countsOf, type ErasurePlan, reportOf } from './erasure.plan.js';
import { ErasurePlanner } from './erasure.planner.js';
import { copiesToRemove } from './erasure.steps.js';

export interface ErasureWish {
  readonly subject: SubjectId;
  /** Of the plan that was shown, 32 bytes. */
  readonly planDigest: Uint8Array;
  /** Why, 1 to 2,000 characters; kept sealed. It should not name the person. */
  readonly reason: string;
}

/** The right to be forgotten, under legal holds and duties to keep. */
@Injectable()
export class ErasureFlow {
  constructor(
    private readonly planner: ErasurePlanner,
    private readonly guard: RetentionGuard,
    private readonly erasures: ErasureService,
    private readonly sealing: Sealing,
    private readonly pictures: PictureCopies,
    private readonly payloads: PayloadCopies,
    private readonly persons: PersonCopies,
    private readonly reviews: ReviewCopies,
  ) {}

  /** Every copy, what becomes of it, and what stands in the way. Nothing is written. */
  async plan(read: ReadContext, subject: SubjectId): Promise<Result<ErasurePlan, ErasureRefusal>> {
    const denied = allow(read.context, 'read', 'Erasure');
    if (denied) return refuse(denied);
    const plan = await this.planner.plan(read, subject);
    return plan ? ok(plan) : refuse(notFound('subject'));
  }

  /**
   * Erases the person, if the plan is still the one that was agreed to; done already: the first erasure. From the commit on nothing of it opens:
   * (1) under the guard, holds and duties are asked, (2) the assets are locked, so that nothing is made from them meanwhile, (3) the person's
   * key, the keys and digests of the pictures, and the sealed parts of the ledger are destroyed, (4) `subject.erased` and the list of what the
   * worker has yet to remove are written. All of it is one transaction, or nothing is.
   */
  async erase(write: WriteContext, wish: ErasureWish): Promise<Result<ErasureId, ErasureRefusal>> {
    const denied = allow(write.context, 'create', 'Erasure');
    if (denied) return refuse(denied);
    if (!isText(wish.reason, REASON_CHARS_MAX)) return refuse(reasonInvalid(REASON_CHARS_MAX));
    await this.guard.take(write);
    const plan = await this.lockedPlan(write, wish.subject);
    if (!plan) return refuse(notFound('subject'));
    if (plan.erasure) return ok(plan.erasure.id);
    const refused = refusalOf(plan, wish.planDigest);
    if (refused) return refuse(refused);
    return ok(await this.destroy(write, plan, wish));
  }

  /** The plan, with the assets that it speaks of locked: read again until no asset is new to it. */
  private async lockedPlan(write: WriteContext, subject: SubjectId): Promise<ErasurePlan | null> {
    const locked = new Set<AssetId>();
    for (;;) {
      const plan = await this.planner.plan(write, subject);
      const more = plan?.work.assets.filter((asset) => !locked.has(asset)) ?? [];
      if (more.length === 0) return plan;
      await this.pictures.lockAssets(write, more);
      for (const asset of more) locked.add(asset);
    }
  }

  private async destroy(write: WriteContext, plan: ErasurePlan, { subject, reason }: ErasureWish): Promise<ErasureId> {
    const at = systemClock.now();
    const { blobs, versions, payloads } = plan.work;
    await this.sealing.destroySubjectKey(write, subject);
    const objects = await this.pictures.eraseBlobs(write, blobs, at);
    await this.pictures.eraseVersions(
      write,
      versions.map(({ version }) => version),
      at,
    );
    await this.payloads.destroy(write, payloads);
    await this.persons.destroy(write, subject, at);
    await this.reviews.forgetReviewer(write, subject);
    const erasure = await this.erasures.record(write, {
      subject,
      planDigest: plan.digest,
      report: reportOf(plan),
      counts: countsOf(plan.groups),
      reason: reason.trim(),
      copies: copiesToRemove(plan, objects),
    });
    return erasure.id;
  }
}

/** A hold comes before everything else: whoever asks must hear of it, whatever plan they have seen. */
function refusalOf(plan: ErasurePlan, agreed: Uint8Array): ErasureRefusal | null {
  if (plan.holds.length > 0) return underLegalHold(plan.holds.map(({ id }) => id));
  if (plan.duties.length > 0) return underRetentionDuty(plan.duties.map((duty) => duty.class));
  if (plan.isLastAdministrator) return lastAdministrator();
  return equalBytes(plan.digest, agreed) ? null : planChanged();
}
