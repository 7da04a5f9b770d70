import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { PublicationRepository } from './publication.repository.js';
import { PublicationService } from './publication.service.js';
import { RecallRepository } from './recalls/recall.repository.js';
import { RecallService } from './recalls/recall.service.js';

@Module({
  imports: [IdentityModule, JobsModule, LedgerModule],
  providers: [PublicationRepository, PublicationService, RecallRepository, RecallService],
  exports: [PublicationService, RecallService],
})
export class PublicationsModule {}
