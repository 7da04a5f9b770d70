export { ReviewCopies, type ReviewCopy } from './review.copies.repository.js';
export { ReviewModule } from './review.module.js';
export type { ReviewRefusal } from './review.refusals.js';
export { ReviewRepository } from './review.repository.js';
export { LEASE_SECONDS, ReviewService } from './review.service.js';
export {
  REVIEW_OUTCOMES,
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
