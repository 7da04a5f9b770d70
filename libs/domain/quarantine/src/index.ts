export type { CaseRefusal } from './case.refusals.js';
export { stateOf } from './case.rules.js';
export { CASE_CLOCK_JOB, CaseService, type NewCase } from './case.service.js';
export {
  CASE_GROUNDS,
  type CaseGround,
  type CaseOutcome,
  type CasePage,
  type CaseState,
  type Complaint,
  type QuarantineCase,
} from './case.types.js';
export { QuarantineModule } from './quarantine.module.js';
