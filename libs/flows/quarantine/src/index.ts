export { CASE_OBJECTS_JOB, QuarantineFlow, type QuarantineWish } from './quarantine.flow.js';
export { QuarantineFlowModule } from './quarantine.flow.module.js';
