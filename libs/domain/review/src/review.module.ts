import { Module } from '@nestjs/common';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
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

@Module({
  imports: [IdentityModule, JobsModule, LedgerModule],
  providers: [
    AbsenceRepository,
    AbsenceService,
    ClaimRepository,
    ClaimService,
    ClockRepository,
    ClockService,
    OfferRepository,
    QueueRepository,
    QueueService,
    ReviewCopies,
    ReviewRepository,
    ReviewService,
  ],
  exports: [AbsenceService, ClaimService, ClockService, QueueService, ReviewCopies, ReviewService],
})
export class ReviewModule {}
