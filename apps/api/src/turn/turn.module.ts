import { AssetModule as AssetRoom } from '@imprimatur/domain/assets';
import { EditingModule } from '@imprimatur/domain/editing';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { ReviewModule } from '@imprimatur/domain/review';
import { DecisionsModule, PreflightModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { AssetModule } from '../asset/asset.module.js';
import { SessionModule } from '../session/session.module.js';
import { ItemResolver } from './item.resolver.js';
import { MaskController } from './mask.controller.js';
import { PreflightResolver } from './preflight.resolver.js';
import {
  AttemptsOfItemLoader,
  ContentsLoader,
  ItemLoader,
  ItemsOfTurnLoader,
  TaskOfItemLoader,
  TurnLoader,
  VerdictsOfItemLoader,
} from './turn.loader.js';
import { TurnResolver } from './turn.resolver.js';
import { TurnWatch } from './turn.watch.js';

@Module({
  imports: [AssetRoom, EditingModule, ProvidersModule, ReviewModule, DecisionsModule, PreflightModule, AssetModule, SessionModule],
  controllers: [MaskController],
  providers: [
    TurnLoader,
    ItemLoader,
    ItemsOfTurnLoader,
    ContentsLoader,
    VerdictsOfItemLoader,
    AttemptsOfItemLoader,
    TaskOfItemLoader,
    TurnWatch,
    TurnResolver,
    ItemResolver,
    PreflightResolver,
  ],
  exports: [ItemLoader],
})
export class TurnModule {}
