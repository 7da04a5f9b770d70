import { AssetModule as AssetRoom } from '@imprimatur/domain/assets';
import { ExportModule as ExportRoom } from '@imprimatur/domain/exports';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { ProvenanceModule } from '@imprimatur/domain/provenance';
import type { Config } from '@imprimatur/platform/config';
import { Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { CONFIG } from '../configuration.js';
import { ExportsOfVersionLoader } from '../export/export.loader.js';
import { AssetController } from './asset.controller.js';
import { AssetLoader, UploadScreeningLoader, VersionLoader } from './asset.loader.js';
import { SourceRightsResolver } from './rights.resolver.js';
import { AssetResolver, VersionResolver } from './asset.resolver.js';

/** Bytes of an upload are kept in memory, so the parser stops at the limit; it takes a file of exactly its own limit for too large. */
const uploads = MulterModule.registerAsync({
  inject: [CONFIG],
  useFactory: ({ upload }: Config) => ({ limits: { fileSize: upload.bytesMax + 1 } }),
});

@Module({
  imports: [AssetRoom, ModerationModule, ExportRoom, ProvenanceModule, uploads],
  controllers: [AssetController],
  providers: [
    AssetLoader,
    VersionLoader,
    UploadScreeningLoader,
    ExportsOfVersionLoader,
    AssetResolver,
    VersionResolver,
    SourceRightsResolver,
  ],
  exports: [AssetLoader, VersionLoader, ExportsOfVersionLoader, MulterModule],
})
export class AssetModule {}
