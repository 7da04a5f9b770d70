export { PublicationRegistry } from './publication.registry.js';
export { RecallFlow, type RecallPreview } from './recall.flow.js';
export { RecallFlowModule } from './recall.flow.module.js';
