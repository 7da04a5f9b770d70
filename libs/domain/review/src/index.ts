export { AbsenceRepository } from './absences/absence.repository.js';
export { AbsenceService } from './absences/absence.service.js';
export type { Absence, NewAbsence } from './absences/absence.types.js';
export { ClaimRepository } from './claims/claim.repository.js';
export { ClaimService, type InHand } from './claims/claim.service.js';
export { type ClaimTerms, SKIP_GROUNDS, type SkipGround } from './claims/claim.types.js';
export { OfferRepository } from './claims/offer.repository.js';
export { ClockRepository } from './clock/clock.repository.js';
export { ClockService, type LateTerms, type Ticked } from './clock/clock.service.js';
export { QueueRepository } from './queues/queue.repository.js';
export { QueueService } from './queues/queue.service.js';
export { COUNTED_MAX, type QueueStanding, type Reviewer } from './queues/queue.types.js';
export { ReviewCopies, type ReviewCopy } from './review.copies.repository.js';
export { ReviewModule } from './review.module.js';
export type { ReviewRefusal } from './review.refusals.js';
export { ReviewRepository } from './review.repository.js';
export { LEASE_SECONDS, ReviewService } from './review.service.js';
export {
  REVIEW_OUTCOMES,
  TASK_CLOCK_JOB,
  TASK_STATES,
  type ClaimedTask,
  type NewDecision,
  type NewTask,
  type OfferedReason,
  type ReviewDecision,
  type ReviewOutcome,
  type ReviewPolicy,
  type ReviewTask,
  type TaskCursor,
  type TaskPage,
  type TaskState,
} from './review.types.js';
