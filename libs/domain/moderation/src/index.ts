export { parseLexicons } from './lexicon.js';
export { ModerationModule } from './moderation.module.js';
export { LocalPictureEngine, PictureEngine, type PictureEngineOptions } from './picture.engine.js';
export { type PromptScreening, screenPrompt } from './prompt.engine.js';
export { ScreeningCopies, type ScreeningCopy } from './screening.copies.repository.js';
export { SCREENING_JOB, ScreeningService } from './screening.service.js';
export type { Face, PictureScreening, Screening, ScreeningState } from './screening.types.js';
