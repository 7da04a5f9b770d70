import { BlobVault, PictureCopies } from '@imprimatur/domain/assets';
import { ConsentCopies } from '@imprimatur/domain/consent';
import { EditingCopies } from '@imprimatur/domain/editing';
import { PayloadCopies } from '@imprimatur/domain/ledger';
import { ScreeningCopies } from '@imprimatur/domain/moderation';
import { AttemptCopies } from '@imprimatur/domain/providers';
import { type ErasureCopy } from '@imprimatur/domain/retention';
import { ReviewCopies } from '@imprimatur/domain/review';
import { type AssetId, type ItemId, type SubjectId, systemClock } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { forgetRequests } from '@imprimatur/platform/idempotency';
import { Injectable } from '@nestjs/common';
import type { CopyGroup, CopyKind, ErasurePlan } from './erasure.plan.js';
import { ItemEnding } from './item.ending.js';

/** Removing the objects needs no transaction, and is done before the step is marked: again is fine. */
export const OBJECT_STEP = 'object';
/** Where a version's own rows are, asset by asset. */
export const ASSET_STEP = 'asset';

/** Kinds of a plan that are a step of their own, in the order in which they are taken. */
const STEPS_OF_KINDS: readonly (readonly [string, CopyKind])[] = [
  ['item', 'verdict'],
  ['screening', 'screening'],
  ['binding', 'fingerprint'],
  ['notice', 'consent-notice'],
  ['evidence', 'consent-evidence'],
  ['mask', 'mask'],
  ['review', 'review-digest'],
  ['prompt', 'prompt'],
  ['session', 'session-name'],
  ['request', 'request-digest'],
];
/** What was sealed for the person while the erasure committed: it opens no more, and goes too. */
const LATE_STEP = 'late-payload';

/** Every step, in order. */
export const STEPS: readonly string[] = [OBJECT_STEP, ...STEPS_OF_KINDS.map(([step]) => step), ASSET_STEP, LATE_STEP];

/** What is still to be removed when the erasure is committed. */
export function copiesToRemove(plan: ErasurePlan, objects: readonly string[]): readonly ErasureCopy[] {
  const idsOf = (kind: CopyKind): readonly string[] => plan.groups.find((group: CopyGroup) => group.kind === kind)?.ids ?? [];
  return [
    ...objects.map((id) => ({ kind: OBJECT_STEP, id })),
    ...STEPS_OF_KINDS.flatMap(([step, kind]) => idsOf(kind).map((id) => ({ kind: step, id }))),
    ...plan.work.assets.map((id) => ({ kind: ASSET_STEP, id })),
    { kind: LATE_STEP, id: plan.subject },
  ];
}

/** The step that removes this kind of copies; null: the erasure itself did. */
export function stepOf(kind: CopyKind): string | null {
  if (kind === 'attempt-digest') return 'item';
  return kind === 'asset-name' ? ASSET_STEP : (STEPS_OF_KINDS.find(([, of]) => of === kind)?.[0] ?? null);
}

type Remove = (write: WriteContext, ids: readonly string[]) => Promise<void>;

/** How the copies of each kind are removed; each does nothing the second time. */
@Injectable()
export class ErasureSteps {
  private readonly steps: Readonly<Record<string, Remove>>;

  constructor(
    private readonly vault: BlobVault,
    private readonly pictures: PictureCopies,
    private readonly consents: ConsentCopies,
    private readonly screenings: ScreeningCopies,
    private readonly editing: EditingCopies,
    private readonly reviews: ReviewCopies,
    private readonly attempts: AttemptCopies,
    private readonly payloads: PayloadCopies,
    private readonly endings: ItemEnding,
  ) {
    this.steps = {
      item: (write, ids) => this.endItems(write, ids as readonly ItemId[]),
      screening: (write, ids) => this.screenings.destroy(write, ids, systemClock.now()),
      binding: (write, ids) => this.consents.destroyBindings(write, ids.map(toBinding)),
      notice: (write, ids) => this.consents.redactNotices(write, ids),
      evidence: (write, ids) => this.consents.redactEvidence(write, ids),
      mask: (write, ids) => this.editing.destroyMasks(write, ids),
      review: (write, ids) => this.reviews.destroyDigests(write, ids),
      prompt: (write, ids) => this.editing.destroyTurns(write, ids),
      session: (write, ids) => this.editing.redactSessions(write, ids),
      request: (write, ids) => forgetRequests(write, ids),
      [LATE_STEP]: (write, ids) => this.removeLate(write, ids as readonly SubjectId[]),
    };
  }

  /** Everything but objects and assets: those the flow takes itself. */
  async remove(write: WriteContext, step: string, ids: readonly string[]): Promise<void> {
    await this.steps[step]?.(write, ids);
  }

  /** Outside any transaction. */
  async removeObjects(tenant: WriteContext['context']['tenant'], objects: readonly string[]): Promise<void> {
    await this.vault.removeObjects(tenant, objects);
  }

  /** Tombstones for those of `assets` of which nothing is left. */
  async redactAssets(write: WriteContext, assets: readonly AssetId[]): Promise<void> {
    await this.pictures.redactAssets(write, await this.pictures.emptiedBy(write, assets, []), systemClock.now());
  }

  /** Their life first: whoever waits for them hears that there is nothing to wait for. */
  private async endItems(write: WriteContext, items: readonly ItemId[]): Promise<void> {
    for (const item of items) await this.endings.end(write, item);
    await this.editing.destroyEvidence(write, items);
    const attempts = await this.attempts.ofItems(write, items);
    await this.attempts.destroyDigests(
      write,
      attempts.map(({ attempt }) => attempt),
    );
    const reviews = await this.reviews.of(write, [], items);
    await this.reviews.destroyDigests(
      write,
      reviews.map(({ task }) => task),
    );
  }

  private async removeLate(write: WriteContext, subjects: readonly SubjectId[]): Promise<void> {
    for (const subject of subjects) await this.payloads.destroy(write, await this.payloads.ofSubject(write, subject));
  }
}

function toBinding(id: string): { readonly consent: string; readonly version: string } {
  const [consent = '', version = ''] = id.split('/');
  return { consent, version };
}
