import { AssetModule as AssetRoom } from '@imprimatur/domain/assets';
import { ExportModule as ExportRoom } from '@imprimatur/domain/exports';
import { Module } from '@nestjs/common';
import { AssetModule } from '../asset/asset.module.js';
import { ExportController } from './export.controller.js';
import { ExportResolver } from './export.resolver.js';

@Module({ imports: [AssetRoom, ExportRoom, AssetModule], controllers: [ExportController], providers: [ExportResolver] })
export class ExportModule {}
