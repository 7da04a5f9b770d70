import { IdentityModule } from '@imprimatur/domain/identity';
import { ReviewModule as ReviewRoom } from '@imprimatur/domain/review';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { TurnModule } from '../turn/turn.module.js';
import { QueueWatch } from './queue.watch.js';
import { DecisionsOfTaskLoader, TaskLoader } from './review.loader.js';
import { ReviewResolver } from './review.resolver.js';

@Module({
  imports: [ReviewRoom, DecisionsModule, IdentityModule, TurnModule],
  providers: [TaskLoader, DecisionsOfTaskLoader, QueueWatch, ReviewResolver],
})
export class ReviewModule {}
