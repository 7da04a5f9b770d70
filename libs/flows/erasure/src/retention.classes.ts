import { PictureCopies } from '@imprimatur/domain/assets';
import { ConsentCopies } from '@imprimatur/domain/consent';
import { EditingCopies } from '@imprimatur/domain/editing';
import { ExportCopies } from '@imprimatur/domain/exports';
import { PayloadCopies } from '@imprimatur/domain/ledger';
import { type HeldTargets, KEPT_EVENTS, type RetentionClass } from '@imprimatur/domain/retention';
import { ReviewCopies } from '@imprimatur/domain/review';
import type { AssetId, ExportId, ItemId, SessionId, SubjectId } from '@imprimatur/kernel';
import { systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { PictureDestruction } from './picture.destruction.js';

const BATCH = 100;
/** A picture has much around it. */
const ASSETS_BATCH = 10;

/** What active holds reach. */
export interface HeldReach {
  readonly assets: readonly AssetId[];
  readonly sessions: readonly SessionId[];
  readonly subjects: readonly SubjectId[];
  readonly items: readonly ItemId[];
}

export interface ExpiryOf {
  readonly before: Date;
  readonly held: HeldReach;
  /** Where the batch before ended; null: from the start. */
  readonly after: string | null;
}

export interface Destroyed {
  readonly count: number;
  /** Names in the blob store, to be removed after the commit. */
  readonly objects: readonly string[];
  /** Where the next batch begins; null: that was the last one. */
  readonly next: string | null;
}

/** How each class of retention is destroyed, a batch at a time. */
@Injectable()
export class RetentionClasses {
  constructor(
    private readonly pictures: PictureCopies,
    private readonly destruction: PictureDestruction,
    private readonly consents: ConsentCopies,
    private readonly editing: EditingCopies,
    private readonly exports: ExportCopies,
    private readonly reviews: ReviewCopies,
    private readonly payloads: PayloadCopies,
  ) {}

  /** A held session holds its assets and their items, too. */
  async reach(read: ReadContext, held: HeldTargets): Promise<HeldReach> {
    const sessions = held.sessions as readonly SessionId[];
    const inSessions = await this.editing.assetsIn(read, sessions);
    return {
      sessions,
      assets: [...new Set([...(held.assets as readonly AssetId[]), ...inSessions])],
      subjects: held.subjects as readonly SubjectId[],
      items: await this.editing.itemsIn(read, sessions),
    };
  }

  async destroy(write: WriteContext, of: RetentionClass, expiry: ExpiryOf): Promise<Destroyed> {
    switch (of) {
      case 'turn':
        return this.destroyTurns(write, expiry);
      case 'asset':
        return this.destroyAssets(write, expiry);
      case 'consent':
        return this.destroyConsents(write, expiry);
      case 'review':
        return this.destroyReviews(write, expiry);
      case 'export':
        return this.destroyExports(write, expiry);
      case 'ledger-payload':
        return this.destroyPayloads(write, expiry);
    }
  }

  private async destroyTurns(write: WriteContext, { before, held }: ExpiryOf): Promise<Destroyed> {
    const turns = await this.editing.expiredTurns(write, {
      before,
      exceptSessions: held.sessions,
      exceptSubjects: held.subjects,
      exceptAssets: held.assets,
      limit: BATCH,
    });
    await this.editing.destroyTurns(write, turns);
    return rest(turns.length, BATCH);
  }

  /** The pictures, with everything that is known of them but their exports, which have a rule of their own. */
  private async destroyAssets(write: WriteContext, { before, held }: ExpiryOf): Promise<Destroyed> {
    const wanted = { before, exceptAssets: held.assets, exceptSubjects: held.subjects, limit: ASSETS_BATCH };
    const seen = await this.pictures.expired(write, wanted);
    const assets = [...new Set(seen.map(({ asset }) => asset))];
    await this.pictures.lockAssets(write, assets);
    // under the locks: one that was worked on meanwhile is young again
    const locked = (await this.pictures.expired(write, wanted)).filter(({ asset }) => assets.includes(asset));
    if (locked.length === 0) return rest(0, ASSETS_BATCH);
    return { ...(await this.destruction.destroy(write, locked)), ...nextOf(assets.length, ASSETS_BATCH) };
  }

  private async destroyConsents(write: WriteContext, { before, held }: ExpiryOf): Promise<Destroyed> {
    const ended = await this.consents.ended(write, { before, exceptSubjects: held.subjects, exceptAssets: held.assets, limit: BATCH });
    const files = await this.pictures.loose(write, await this.consents.evidenceOf(write, ended), held.subjects);
    const objects = await this.pictures.eraseBlobs(write, files, systemClock.now());
    await this.consents.destroyEvidence(write, ended);
    return { ...rest(ended.length, BATCH), objects };
  }

  private async destroyReviews(write: WriteContext, { before, held }: ExpiryOf): Promise<Destroyed> {
    const ended = await this.reviews.ended(write, { before, exceptAssets: held.assets, exceptItems: held.items, limit: BATCH });
    await this.reviews.destroyDigests(write, ended);
    return rest(ended.length, BATCH);
  }

  /** The rows of exports stay, so the batches walk over them by id. */
  private async destroyExports(write: WriteContext, { before, held, after }: ExpiryOf): Promise<Destroyed> {
    const ended = await this.exports.ended(write, { before, exceptAssets: held.assets, after: after as ExportId | null, limit: BATCH });
    const loose = new Set(
      await this.pictures.loose(
        write,
        ended.flatMap(({ blobs }) => blobs),
        held.subjects,
      ),
    );
    const objects = await this.pictures.eraseBlobs(write, [...loose], systemClock.now());
    const count = ended.filter(({ blobs }) => blobs.some((blob) => loose.has(blob))).length;
    return { count, objects, next: ended.length < BATCH ? null : (ended.at(-1)?.export ?? null) };
  }

  private async destroyPayloads(write: WriteContext, { before, held }: ExpiryOf): Promise<Destroyed> {
    const expired = await this.payloads.expired(write, {
      before,
      exceptTypes: KEPT_EVENTS,
      exceptAbout: [
        { kind: 'asset', ids: held.assets },
        { kind: 'session', ids: held.sessions },
        { kind: 'subject', ids: held.subjects },
      ],
      exceptSubjects: held.subjects,
      limit: BATCH,
    });
    return { ...rest(await this.payloads.destroy(write, expired), BATCH), ...nextOf(expired.length, BATCH) };
  }
}

/** What was destroyed is not found again: the next batch begins at the start. */
function rest(count: number, batch: number): Destroyed {
  return { count, objects: [], ...nextOf(count, batch) };
}

function nextOf(found: number, batch: number): Pick<Destroyed, 'next'> {
  return { next: found < batch ? null : '' };
}
