import { AssetModule as AssetRoom } from '@imprimatur/domain/assets';
import { ExportModule as ExportRoom } from '@imprimatur/domain/exports';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { AssetModule } from '../asset/asset.module.js';
import { ExportController } from './export.controller.js';
import { ExportResolver } from './export.resolver.js';

@Module({ imports: [AssetRoom, DecisionsModule, ExportRoom, AssetModule], controllers: [ExportController], providers: [ExportResolver] })
export class ExportModule {}
