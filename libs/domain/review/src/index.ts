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
  TASK_KINDS,
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
  type Slot,
  type TaskCursor,
  type TaskKind,
  type TaskPage,
  type TaskState,
} from './review.types.js';
export { ConditionRepository } from './decisions/condition.repository.js';
export { ConflictRepository } from './decisions/conflict.repository.js';
export { ConflictService } from './decisions/conflict.service.js';
export { conditionPart } from './decisions/decision.events.js';
export { DecisionReader } from './decisions/decision.reader.js';
export { appealRefused, conditionNotMet, notJudgeable, policyUnchanged, publicationRefused } from './decisions/decision.refusals.js';
export { DecisionRepository } from './decisions/decision.repository.js';
export { appealRefusal, BULK_MAX, bulkRefusal, isText, policyRefusal } from './decisions/decision.rules.js';
export { type Decided, DecisionService } from './decisions/decision.service.js';
export { DecisionTerms } from './decisions/decision.terms.js';
export type {
  ConditionWish,
  ConflictKind,
  DecisionFate,
  OfferedCondition,
  PinComment,
  PinWish,
  ReviewConflict,
  ReviewCondition,
  ReviewPin,
  RuleFeedback,
} from './decisions/decision.types.js';
export { PinRepository } from './decisions/pin.repository.js';
export { PinService } from './decisions/pin.service.js';
export { taskVoided } from './review.refusals.js';
