import { AssetModule } from '@imprimatur/domain/assets';
import { EditingModule } from '@imprimatur/domain/editing';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ReviewModule } from '@imprimatur/domain/review';
import { Module } from '@nestjs/common';
import { ReviewFlow } from './review.flow.js';

/** The api's part: people's decisions and what follows from them. */
@Module({ imports: [AssetModule, EditingModule, PoliciesModule, ReviewModule], providers: [ReviewFlow], exports: [ReviewFlow] })
export class DecisionsModule {}
