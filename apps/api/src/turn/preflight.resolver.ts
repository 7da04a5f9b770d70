import { AssetService } from '@imprimatur/domain/assets';
import { PreflightFlow } from '@imprimatur/flows/gates';
import { type AssetId, type Context, systemClock } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { AssetLoader } from '../asset/asset.loader.js';
import { toAsset } from '../asset/asset.mapper.js';
import { Caller, Door, type DoorContext, payloadOf } from '../door/index.js';
import { toVerdict } from './turn.mapper.js';
import { type TurnInput, wishOf } from './turn.wish.js';

@Resolver('PreflightItem')
export class PreflightResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly assets: AssetService,
    private readonly preflights: PreflightFlow,
    private readonly assetsById: AssetLoader,
  ) {}

  @Query('preflight')
  async preflight(@Caller() context: Context, @Args('input') input: TurnInput): Promise<object> {
    const result = await this.unitOfWork.read(context, async (read) => {
      const wish = await wishOf(read, this.assets, input);
      return wish.ok ? this.preflights.preflight(read, wish.value) : wish;
    });
    const at = systemClock.now();
    return payloadOf(result, 'Preflight', (items) => ({
      items: items.map(({ asset, verdicts, outcome, ...rest }) => ({
        ...rest,
        assetId: asset,
        outcome: outcome.toUpperCase(),
        verdicts: verdicts.map((verdict) => toVerdict({ ...verdict, at })),
      })),
    }));
  }

  @ResolveField('asset')
  async asset(@Door() door: DoorContext, @Parent() { assetId }: { readonly assetId: AssetId }): Promise<object | null> {
    const asset = await this.assetsById.load(door, assetId);
    return asset && toAsset(asset);
  }
}
