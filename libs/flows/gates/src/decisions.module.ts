import { AssetModule } from '@imprimatur/domain/assets';
import { ConsentModule } from '@imprimatur/domain/consent';
import { EditingModule } from '@imprimatur/domain/editing';
import { IdentityModule } from '@imprimatur/domain/identity';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { ReviewModule } from '@imprimatur/domain/review';
import { TrainingModule } from '@imprimatur/domain/training';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { AppealFlow } from './appeal.flow.js';
import { BankFlow } from './bank.flow.js';
import { DutyFlow } from './duty.flow.js';
import { BulkFlow } from './bulk.flow.js';
import { CancellationFlow } from './cancellation.flow.js';
import { ConflictFlow } from './conflict.flow.js';
import { ExceptionFlow } from './exception.flow.js';
import { ExportConditions } from './export.conditions.js';
import { HandsReader } from './hands.js';
import { LicenceFlow } from './licence.flow.js';
import { PublicationFlow } from './publication.flow.js';
import { RejudgeFlow } from './rejudge.flow.js';
import { ReviewFlow } from './review.flow.js';
import { StatementFlow } from './statement.flow.js';
import { DecisionFollower } from './review.following.js';

const FLOWS = [
  AppealFlow,
  BankFlow,
  BulkFlow,
  CancellationFlow,
  ConflictFlow,
  DutyFlow,
  ExceptionFlow,
  ExportConditions,
  LicenceFlow,
  PublicationFlow,
  RejudgeFlow,
  ReviewFlow,
  StatementFlow,
];

/** People's decisions and what follows from them: in the api at once, in the worker where the policy leaves time to take one back. */
@Module({
  imports: [
    AssetModule,
    ConsentModule,
    EditingModule,
    IdentityModule,
    JobsModule,
    ModerationModule,
    PoliciesModule,
    ProvidersModule,
    ReviewModule,
    TrainingModule,
  ],
  providers: [DecisionFollower, HandsReader, ...FLOWS],
  exports: FLOWS,
})
export class DecisionsModule {}
