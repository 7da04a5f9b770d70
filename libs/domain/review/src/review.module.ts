import { Module } from '@nestjs/common';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { ConditionRepository } from './decisions/condition.repository.js';
import { ConflictRepository } from './decisions/conflict.repository.js';
import { ConflictService } from './decisions/conflict.service.js';
import { DecisionReader } from './decisions/decision.reader.js';
import { DecisionRepository } from './decisions/decision.repository.js';
import { DecisionService } from './decisions/decision.service.js';
import { DecisionTerms } from './decisions/decision.terms.js';
import { PinRepository } from './decisions/pin.repository.js';
import { PinService } from './decisions/pin.service.js';
import { JobsModule } from '@imprimatur/platform/jobs';
import { AbsenceRepository } from './absences/absence.repository.js';
import { AbsenceService } from './absences/absence.service.js';
import { ClaimRepository } from './claims/claim.repository.js';
import { ClaimService } from './claims/claim.service.js';
import { OfferRepository } from './claims/offer.repository.js';
import { ClockRepository } from './clock/clock.repository.js';
import { ClockService } from './clock/clock.service.js';
import { QueueRepository } from './queues/queue.repository.js';
import { QueueService } from './queues/queue.service.js';
import { ReviewCopies } from './review.copies.repository.js';
import { ReviewRepository } from './review.repository.js';
import { ReviewService } from './review.service.js';

const DECISIONS = [ConditionRepository, ConflictRepository, DecisionRepository, PinRepository, DecisionTerms];
const QUEUES = [AbsenceRepository, ClaimRepository, ClockRepository, OfferRepository, QueueRepository];
const FACE = [
  AbsenceService,
  ClaimService,
  ClockService,
  ConflictService,
  DecisionReader,
  DecisionService,
  PinService,
  QueueService,
  ReviewCopies,
  ReviewService,
];

@Module({
  imports: [IdentityModule, JobsModule, LedgerModule],
  providers: [ReviewRepository, ...DECISIONS, ...QUEUES, ...FACE],
  exports: FACE,
})
export class ReviewModule {}
