export { PublicationFlow } from './publication.flow.js';
export { RecallFlow, type RecallPreview } from './recall.flow.js';
export { RecallFlowModule } from './recall.flow.module.js';
