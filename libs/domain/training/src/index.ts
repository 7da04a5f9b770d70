export { TrainingModule } from './training.module.js';
export { TrainingService } from './training.service.js';
export type { TrainingRefusal } from './training.refusals.js';
export type { PutQuestion, TrainingAnswer, TrainingAttempt, TrainingResult, TrainingStanding, TrainingState } from './training.types.js';
