import { AssetModule } from '@imprimatur/domain/assets';
import { ConsentModule } from '@imprimatur/domain/consent';
import { EditingModule } from '@imprimatur/domain/editing';
import { IdentityModule } from '@imprimatur/domain/identity';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { ReviewModule } from '@imprimatur/domain/review';
import { Module } from '@nestjs/common';
import { TrainingModule } from '@imprimatur/domain/training';
import { AskerReader } from './asker.reader.js';
import { OriginReader } from './origin.reader.js';
import { VendorReader } from './vendor.reader.js';
import { ConversationReader } from './conversation.js';
import { FactFinder } from './facts.js';
import { PreflightFlow } from './preflight.flow.js';

/** The api's part: answers for prompts that are still being written. Needs no engine: pictures were looked at when they came. */
@Module({
  imports: [
    AssetModule,
    ConsentModule,
    EditingModule,
    IdentityModule,
    ModerationModule,
    PoliciesModule,
    ProvidersModule,
    ReviewModule,
    TrainingModule,
  ],
  providers: [AskerReader, ConversationReader, FactFinder, OriginReader, VendorReader, PreflightFlow],
  exports: [PreflightFlow],
})
export class PreflightModule {}
