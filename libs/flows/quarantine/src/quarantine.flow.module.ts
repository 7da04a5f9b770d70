import { AssetModule } from '@imprimatur/domain/assets';
import { ExportModule } from '@imprimatur/domain/exports';
import { IdentityModule } from '@imprimatur/domain/identity';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { QuarantineModule } from '@imprimatur/domain/quarantine';
import { RetentionModule } from '@imprimatur/domain/retention';
import { ConsentFlowModule } from '@imprimatur/flows/consents';
import { ErasureFlowModule } from '@imprimatur/flows/erasure';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { QuarantineFlow } from './quarantine.flow.js';

/** Needs the process's blob store (BlobsModule). */
@Module({
  imports: [
    AssetModule,
    ConsentFlowModule,
    ErasureFlowModule,
    ExportModule,
    IdentityModule,
    JobsModule,
    ModerationModule,
    QuarantineModule,
    RetentionModule,
  ],
  providers: [QuarantineFlow],
  exports: [QuarantineFlow],
})
export class QuarantineFlowModule {}
