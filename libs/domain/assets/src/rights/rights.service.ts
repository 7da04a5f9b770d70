import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type AssetId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { sourceRightsRecorded } from '../asset.events.js';
import { assetErased, type AssetRefusal } from '../asset.refusals.js';
import { AssetRepository } from '../asset.repository.js';
import { PictureCopies } from '../picture.copies.repository.js';
import { RightsRepository } from './rights.repository.js';
import { sourceRightsRefusal } from './rights.rules.js';
import type { NewSourceRights, SourceRights } from './rights.types.js';

/** Whose the sources are. Nothing is overwritten; what a file itself forbids is not for anybody to allow. */
@Injectable()
export class SourceRightsService {
  constructor(
    private readonly assets: AssetRepository,
    private readonly copies: PictureCopies,
    private readonly rights: RightsRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Counts from the next question of a gate on. */
  async record(write: WriteContext, asset: AssetId, wish: NewSourceRights): Promise<Result<SourceRights, AssetRefusal>> {
    const denied = allow(write.context, 'register', 'Asset') ?? sourceRightsRefusal(wish);
    if (denied) return refuse(denied);
    await this.copies.lockAssets(write, [asset]);
    const [found] = await this.assets.findMany(write, [asset]);
    if (!found) return refuse(notFound('picture'));
    if (found.erasedAt !== null) return refuse(assetErased());
    const number = (await this.rights.history(write, asset)).length + 1;
    const recorded: SourceRights = {
      ...wish,
      owner: wish.owner?.trim() || null,
      licence: wish.licence?.trim() || null,
      asset,
      number,
      recordedBy: write.context.actor.subject,
      recordedAt: systemClock.now(),
    };
    const { id: entry } = await this.ledger.append(write, sourceRightsRecorded(recorded));
    await this.rights.insert(write, recorded, entry);
    return ok(recorded);
  }

  /** Oldest first; none for an actor who may not read pictures' records. */
  async history(read: ReadContext, asset: AssetId): Promise<readonly SourceRights[]> {
    return allow(read.context, 'read', 'Asset') ? [] : this.rights.history(read, asset);
  }
}
