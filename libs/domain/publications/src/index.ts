export { exportNotPublishable, type PublicationRefusal } from './publication.refusals.js';
export { PublicationService } from './publication.service.js';
export type { NewPublication, Publication, PublicationPage, PublishedFile } from './publication.types.js';
export { PublicationsModule } from './publications.module.js';
export type { RecallRefusal } from './recalls/recall.refusals.js';
export { RECALL_JOB, RECALL_REMINDER_JOB, RecallService } from './recalls/recall.service.js';
export {
  RECALL_ANSWERS,
  RECALL_KINDS,
  RECALL_OUTCOMES,
  type Recall,
  type RecallAnswer,
  type RecallCriterion,
  type RecallKind,
  type RecallOutcome,
  type RecallPage,
  type RecallRecipient,
  type RecallState,
} from './recalls/recall.types.js';
