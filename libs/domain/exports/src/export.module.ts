import { LedgerModule } from '@imprimatur/domain/ledger';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { ExportCopies } from './export.copies.repository.js';
import { ExportPaceRepository } from './export.pace.repository.js';
import { ExportRepository } from './export.repository.js';
import { ExportService } from './export.service.js';
import { ExportStatusRepository } from './export.status.repository.js';

@Module({
  imports: [LedgerModule, JobsModule],
  providers: [ExportCopies, ExportPaceRepository, ExportRepository, ExportService, ExportStatusRepository],
  exports: [ExportCopies, ExportService, ExportStatusRepository],
})
export class ExportModule {}
