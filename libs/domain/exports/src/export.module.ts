import { LedgerModule } from '@imprimatur/domain/ledger';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { ExportRepository } from './export.repository.js';
import { ExportService } from './export.service.js';

@Module({ imports: [LedgerModule, JobsModule], providers: [ExportRepository, ExportService], exports: [ExportService] })
export class ExportModule {}
