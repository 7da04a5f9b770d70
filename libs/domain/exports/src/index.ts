export { ExportCopies, type ExportCopy } from './export.copies.repository.js';
export { ExportModule } from './export.module.js';
export { ExportService, type ExportRequest } from './export.service.js';
export { type ExportStatus, ExportStatusRepository } from './export.status.repository.js';
export {
  EXPORT_FORMATS,
  type DrawnLabel,
  type Export,
  type ExportFailure,
  type ExportFormat,
  type ExportLabels,
  type ExportStanding,
  type ExportState,
} from './export.types.js';
export type { ExportRefusal } from './export.refusals.js';
