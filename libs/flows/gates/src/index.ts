export { BankFlow } from './bank.flow.js';
export { DecisionsModule } from './decisions.module.js';
export { ExceptionFlow } from './exception.flow.js';
export { GatesModule } from './gates.module.js';
export { PreflightFlow, type PreflightItem } from './preflight.flow.js';
export { PreflightModule } from './preflight.module.js';
export { ReviewFlow } from './review.flow.js';
export { ScreeningFlow } from './screening.flow.js';
export { TurnFlow } from './turn.flow.js';
