import { AssetModule } from '@imprimatur/domain/assets';
import { EditingModule } from '@imprimatur/domain/editing';
import { IdentityModule } from '@imprimatur/domain/identity';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ReviewModule } from '@imprimatur/domain/review';
import { Module } from '@nestjs/common';
import { ExceptionFlow } from './exception.flow.js';
import { ReviewFlow } from './review.flow.js';

/** The api's part: people's decisions and what follows from them. */
@Module({
  imports: [AssetModule, EditingModule, IdentityModule, PoliciesModule, ReviewModule],
  providers: [ExceptionFlow, ReviewFlow],
  exports: [ExceptionFlow, ReviewFlow],
})
export class DecisionsModule {}
