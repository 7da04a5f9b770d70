import { IdentityModule } from '@imprimatur/domain/identity';
import { ReviewModule as ReviewRoom } from '@imprimatur/domain/review';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { QueueFlowModule } from '@imprimatur/flows/queues';
import { Module } from '@nestjs/common';
import { TurnModule } from '../turn/turn.module.js';
import { ClaimResolver } from './claim.resolver.js';
import { QueueResolver } from './queue.resolver.js';
import { DecisionsOfTaskLoader, TaskLoader } from './review.loader.js';
import { ReviewResolver } from './review.resolver.js';

@Module({
  imports: [ReviewRoom, DecisionsModule, QueueFlowModule, IdentityModule, TurnModule],
  providers: [TaskLoader, DecisionsOfTaskLoader, ReviewResolver, ClaimResolver, QueueResolver],
})
export class ReviewModule {}
