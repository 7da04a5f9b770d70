export { ErasureFlow, type ErasureWish } from './erasure.flow.js';
export { ErasureFlowModule } from './erasure.flow.module.js';
export {
  COPY_KINDS,
  type AffectedPerson,
  type CopyAction,
  type CopyGroup,
  type CopyKind,
  type Download,
  type Duty,
  type ErasurePlan,
} from './erasure.plan.js';
export { BEYOND_REACH, type ErasureReport, reportOn } from './erasure.report.js';
export { ErasureWork } from './erasure.work.js';
export { HoldFlow } from './hold.flow.js';
export { PictureDestruction } from './picture.destruction.js';
export { RetentionSweep } from './retention.sweep.js';
