import { AssetModule } from '@imprimatur/domain/assets';
import { ConsentModule } from '@imprimatur/domain/consent';
import { EditingModule } from '@imprimatur/domain/editing';
import { ExportModule } from '@imprimatur/domain/exports';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { RetentionModule } from '@imprimatur/domain/retention';
import { ReviewModule } from '@imprimatur/domain/review';
import { Module } from '@nestjs/common';
import { ErasureFlow } from './erasure.flow.js';
import { ErasurePlanner } from './erasure.planner.js';
import { ErasureSteps } from './erasure.steps.js';
import { ErasureWork } from './erasure.work.js';
import { HoldFlow } from './hold.flow.js';
import { ItemEnding } from './item.ending.js';
import { PictureDestruction } from './picture.destruction.js';
import { PictureSurroundingsReader } from './picture.surroundings.js';
import { RetentionClasses } from './retention.classes.js';
import { RetentionSweep } from './retention.sweep.js';

/** Needs the process's blob store (BlobsModule). */
@Module({
  imports: [
    AssetModule,
    ConsentModule,
    EditingModule,
    ExportModule,
    IdentityModule,
    LedgerModule,
    ModerationModule,
    ProvidersModule,
    RetentionModule,
    ReviewModule,
  ],
  providers: [
    PictureSurroundingsReader,
    PictureDestruction,
    ErasurePlanner,
    ItemEnding,
    ErasureSteps,
    ErasureFlow,
    ErasureWork,
    HoldFlow,
    RetentionClasses,
    RetentionSweep,
  ],
  exports: [ErasureFlow, ErasureWork, HoldFlow, PictureDestruction, RetentionSweep],
})
export class ErasureFlowModule {}
