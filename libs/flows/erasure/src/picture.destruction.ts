import { PictureCopies, type PictureCopy } from '@imprimatur/domain/assets';
import { Ledger, PayloadCopies } from '@imprimatur/domain/ledger';
import { assetErased } from '@imprimatur/domain/retention';
import { systemClock } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { ErasureSteps } from './erasure.steps.js';
import { PictureSurroundingsReader } from './picture.surroundings.js';

export interface DestroyedPictures {
  /** Of assets. */
  readonly count: number;
  /** Names in the blob store, to be removed after the commit. */
  readonly objects: readonly string[];
}

/** Destroys pictures with everything that is known of them but their exports. Holds and duties are the caller's to ask, under the guard, and the assets its to lock. */
@Injectable()
export class PictureDestruction {
  constructor(
    private readonly pictures: PictureCopies,
    private readonly surroundings: PictureSurroundingsReader,
    private readonly steps: ErasureSteps,
    private readonly payloads: PayloadCopies,
    private readonly ledger: Ledger,
  ) {}

  async destroy(write: WriteContext, pictures: readonly PictureCopy[]): Promise<DestroyedPictures> {
    const at = systemClock.now();
    const around = await this.surroundings.read(write, pictures);
    const versions = pictures.map(({ version }) => version);
    const masks = around.masks.flatMap(({ blob }) => blob ?? []);
    const objects = await this.pictures.eraseBlobs(
      write,
      [...pictures.map(({ blob }) => blob), ...(await this.pictures.loose(write, masks, []))],
      at,
    );
    await this.pictures.eraseVersions(write, versions, at);
    await this.payloads.destroy(write, around.payloads);
    const removals: readonly (readonly [string, readonly string[]])[] = [
      ['item', around.items.map(({ item }) => item)],
      ['screening', around.screenings.map(({ version }) => version)],
      ['binding', around.bindings.map(({ consent, version }) => `${consent}/${version}`)],
      ['mask', around.masks.map(({ mask }) => mask)],
      ['review', around.reviews.map(({ task }) => task)],
      ['session', around.sessions],
    ];
    for (const [step, ids] of removals) await this.steps.remove(write, step, ids);
    await this.ledger.appendAll(
      write,
      around.assets.map((asset) =>
        assetErased(
          asset,
          pictures.filter((picture) => picture.asset === asset).map(({ version }) => version),
          null,
        ),
      ),
    );
    await this.steps.redactAssets(write, around.assets);
    return { count: around.assets.length, objects };
  }
}
