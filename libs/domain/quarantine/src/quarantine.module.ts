import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { CaseRepository } from './case.repository.js';
import { CaseService } from './case.service.js';

@Module({ imports: [IdentityModule, JobsModule, LedgerModule], providers: [CaseRepository, CaseService], exports: [CaseService] })
export class QuarantineModule {}
