export { DecisionsModule } from './decisions.module.js';
export { GatesModule } from './gates.module.js';
export { ReviewFlow } from './review.flow.js';
export { ScreeningFlow } from './screening.flow.js';
export { TurnFlow } from './turn.flow.js';
