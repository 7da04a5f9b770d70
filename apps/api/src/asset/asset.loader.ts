import { type Asset, AssetService, type Version } from '@imprimatur/domain/assets';
import { type Screening, ScreeningService } from '@imprimatur/domain/moderation';
import type { AssetId, Context, VersionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class AssetLoader extends RequestLoader<AssetId, Asset> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly assets: AssetService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly AssetId[]): Promise<ReadonlyMap<AssetId, Asset>> {
    const found = await this.unitOfWork.read(context, (read) => this.assets.findMany(read, ids));
    return new Map(found.map((asset) => [asset.id, asset]));
  }
}

@Injectable()
export class VersionLoader extends RequestLoader<VersionId, Version> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly assets: AssetService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly VersionId[]): Promise<ReadonlyMap<VersionId, Version>> {
    const found = await this.unitOfWork.read(context, (read) => this.assets.findVersions(read, ids));
    return new Map(found.map((version) => [version.id, version]));
  }
}

/** The screening of an asset's upload. */
@Injectable()
export class UploadScreeningLoader extends RequestLoader<AssetId, Screening> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly assets: AssetService,
    private readonly screenings: ScreeningService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly AssetId[]): Promise<ReadonlyMap<AssetId, Screening>> {
    return this.unitOfWork.read(context, async (read) => {
      const uploads = (await Promise.all(ids.map((id) => this.assets.listVersions(read, id, { first: 1, after: null })))).flat();
      const screenings = new Map(
        (
          await this.screenings.ofVersions(
            read,
            uploads.map(({ id }) => id),
          )
        ).map((each) => [each.version, each]),
      );
      return new Map(
        uploads.flatMap(({ asset, id }): [AssetId, Screening][] => {
          const screening = screenings.get(id);
          return screening ? [[asset, screening]] : [];
        }),
      );
    });
  }
}
