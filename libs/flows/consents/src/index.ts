export { CONSENT_EXPIRY_JOB, ConsentFlow, type ConsentWish } from './consent.flow.js';
export { ConsentImport, type ConsentImportInvalid, type ImportedLine } from './consent.import.js';
export { ConsentFlowModule } from './consent.flow.module.js';
export type { ConsentFlowRefusal } from './consent.flow.refusals.js';
export { type Held, Takedown, type TakedownReport } from './takedown.js';
export { WithdrawalFlow } from './withdrawal.flow.js';
export { type GivenReceipt, ReceiptFlow, type ReceiptStanding, type ReceiptUse } from './receipt.flow.js';
export { CONSENT_WARNING_JOB, ConsentWarnings, type ScheduledWarning } from './consent.warnings.js';
