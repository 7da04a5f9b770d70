import { AssetModule as AssetRoom } from '@imprimatur/domain/assets';
import { ExportModule as ExportRoom } from '@imprimatur/domain/exports';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { ProvenanceModule } from '@imprimatur/domain/provenance';
import { Module } from '@nestjs/common';
import { ExportsOfVersionLoader } from '../export/export.loader.js';
import { AssetController } from './asset.controller.js';
import { AssetLoader, UploadScreeningLoader, VersionLoader } from './asset.loader.js';
import { AssetResolver, VersionResolver } from './asset.resolver.js';

@Module({
  imports: [AssetRoom, ModerationModule, ExportRoom, ProvenanceModule],
  controllers: [AssetController],
  providers: [AssetLoader, VersionLoader, UploadScreeningLoader, ExportsOfVersionLoader, AssetResolver, VersionResolver],
  exports: [AssetLoader, VersionLoader, ExportsOfVersionLoader],
})
export class AssetModule {}
