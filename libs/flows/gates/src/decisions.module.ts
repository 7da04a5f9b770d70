import { AssetModule } from '@imprimatur/domain/assets';
import { EditingModule } from '@imprimatur/domain/editing';
import { IdentityModule } from '@imprimatur/domain/identity';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { ReviewModule } from '@imprimatur/domain/review';
import { TrainingModule } from '@imprimatur/domain/training';
import { Module } from '@nestjs/common';
import { BankFlow } from './bank.flow.js';
import { DutyFlow } from './duty.flow.js';
import { ExceptionFlow } from './exception.flow.js';
import { LicenceFlow } from './licence.flow.js';
import { ReviewFlow } from './review.flow.js';
import { StatementFlow } from './statement.flow.js';

/** The api's part: people's decisions and what follows from them. */
@Module({
  imports: [AssetModule, EditingModule, IdentityModule, ModerationModule, PoliciesModule, ProvidersModule, ReviewModule, TrainingModule],
  providers: [BankFlow, DutyFlow, ExceptionFlow, LicenceFlow, ReviewFlow, StatementFlow],
  exports: [BankFlow, DutyFlow, ExceptionFlow, LicenceFlow, ReviewFlow, StatementFlow],
})
export class DecisionsModule {}
