export { CONSENT_EXPIRY_JOB, ConsentFlow, type ConsentWish } from './consent.flow.js';
export { ConsentImport, type ConsentImportInvalid, type ImportedLine } from './consent.import.js';
export { ConsentFlowModule } from './consent.flow.module.js';
export type { ConsentFlowRefusal } from './consent.flow.refusals.js';
export { type GivenReceipt, ReceiptFlow, type ReceiptStanding, type ReceiptUse } from './receipt.flow.js';
export { WithdrawalFlow, type WithdrawalReport } from './withdrawal.flow.js';
export { CONSENT_WARNING_JOB, ConsentWarnings, type ScheduledWarning } from './consent.warnings.js';
