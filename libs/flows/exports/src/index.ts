export { ExportFlow } from './export.flow.js';
export { ExportFlowModule } from './export.flow.module.js';
