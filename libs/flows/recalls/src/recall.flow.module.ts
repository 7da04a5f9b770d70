import { AssetModule } from '@imprimatur/domain/assets';
import { EditingModule } from '@imprimatur/domain/editing';
import { ExportModule } from '@imprimatur/domain/exports';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { NoticeModule } from '@imprimatur/domain/notices';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { PublicationsModule } from '@imprimatur/domain/publications';
import { ConsentFlowModule } from '@imprimatur/flows/consents';
import { Module } from '@nestjs/common';
import { PublicationRegistry } from './publication.registry.js';
import { RecallFlow } from './recall.flow.js';
import { RecallReach } from './recall.reach.js';

/** Needs the process's blob store (BlobsModule). */
@Module({
  imports: [
    AssetModule,
    ConsentFlowModule,
    EditingModule,
    ExportModule,
    ModerationModule,
    NoticeModule,
    ProvidersModule,
    PublicationsModule,
  ],
  providers: [PublicationRegistry, RecallFlow, RecallReach],
  exports: [PublicationRegistry, RecallFlow],
})
export class RecallFlowModule {}
