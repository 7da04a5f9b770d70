import { AssetModule as AssetRoom } from '@imprimatur/domain/assets';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ReviewModule as ReviewRoom } from '@imprimatur/domain/review';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { QueueFlowModule } from '@imprimatur/flows/queues';
import { Module } from '@nestjs/common';
import { TurnModule } from '../turn/turn.module.js';
import { ConflictResolver, RuleFeedbackResolver } from './conflict.resolver.js';
import { ConditionFields, DecisionFields, SessionConditions, TaskFields, VersionConditions } from './decision.fields.js';
import { DecisionResolver } from './decision.resolver.js';
import { PersonRefLoader, PinLoader, PinsOfTaskLoader } from './pin.loader.js';
import { CommentFields, PinResolver } from './pin.resolver.js';
import { QueueWatch } from './queue.watch.js';
import { ClaimResolver } from './claim.resolver.js';
import { QueueResolver } from './queue.resolver.js';
import { DecisionsOfTaskLoader, TaskLoader } from './review.loader.js';
import { ReviewResolver } from './review.resolver.js';

const LOADERS = [TaskLoader, DecisionsOfTaskLoader, PersonRefLoader, PinLoader, PinsOfTaskLoader];
const FIELDS = [TaskFields, DecisionFields, ConditionFields, SessionConditions, VersionConditions, CommentFields];

@Module({
  imports: [AssetRoom, LedgerModule, ReviewRoom, DecisionsModule, QueueFlowModule, IdentityModule, TurnModule],
  providers: [
    ...LOADERS,
    ...FIELDS,
    QueueWatch,
    ReviewResolver,
    ClaimResolver,
    QueueResolver,
    DecisionResolver,
    PinResolver,
    ConflictResolver,
    RuleFeedbackResolver,
  ],
})
export class ReviewModule {}
