export { CONSENT_EXPIRY_JOB, ConsentFlow, type ConsentWish } from './consent.flow.js';
export { ConsentFlowModule } from './consent.flow.module.js';
export type { ConsentFlowRefusal } from './consent.flow.refusals.js';
export { type Held, Takedown, type TakedownReport } from './takedown.js';
export { WithdrawalFlow } from './withdrawal.flow.js';
