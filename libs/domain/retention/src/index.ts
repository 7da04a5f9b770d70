export { type ErasurePage } from './erasure.repository.js';
export { ERASURE_JOB, ErasureService, type NewErasure } from './erasure.service.js';
export { HoldService } from './hold.service.js';
export { assetErased, KEPT_EVENTS, retentionApplied } from './retention.events.js';
export { RetentionGuard } from './retention.guard.repository.js';
export { RetentionModule } from './retention.module.js';
export {
  lastAdministrator,
  planChanged,
  reasonInvalid,
  underLegalHold,
  underRetentionDuty,
  type ErasureRefusal,
  type HoldRefusal,
  type RetentionRefusal,
} from './retention.refusals.js';
export { cutoff, dutyUntil, isText, REASON_CHARS_MAX } from './retention.rules.js';
export { RETENTION_JOB, RetentionService } from './retention.service.js';
export {
  HOLD_KINDS,
  RETENTION_CLASSES,
  type CopyCount,
  type Erasure,
  type ErasureCopy,
  type HeldTargets,
  type HoldKind,
  type HoldPage,
  type HoldTarget,
  type LegalHold,
  type NewHold,
  type NewRetentionRule,
  type RetentionClass,
  type RetentionRule,
} from './retention.types.js';
