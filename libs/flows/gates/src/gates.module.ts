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
import { VendorReader } from './vendor.reader.js';
import { ConversationReader } from './conversation.js';
import { FactFinder } from './facts.js';
import { HandsReader } from './hands.js';
import { OriginReader } from './origin.reader.js';
import { RootReader } from './since.root.js';
import { InspectionStep } from './inspection.step.js';
import { DossierReader } from './item.dossier.js';
import { RenderingStep } from './rendering.step.js';
import { ScreeningFlow } from './screening.flow.js';
import { ScreeningStep } from './screening.step.js';
import { TurnFlow } from './turn.flow.js';

/**
 * The worker's part: carries items through the gates. Needs the process's picture engine (PictureEngine), Moderators, Pictures, TrialObserver and
 * blob store.
 */
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
  providers: [
    AskerReader,
    ConversationReader,
    DossierReader,
    HandsReader,
    FactFinder,
    OriginReader,
    RootReader,
    VendorReader,
    ScreeningStep,
    RenderingStep,
    InspectionStep,
    TurnFlow,
    ScreeningFlow,
  ],
  exports: [TurnFlow, ScreeningFlow],
})
export class GatesModule {}
