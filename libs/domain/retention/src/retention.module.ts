import { LedgerModule } from '@imprimatur/domain/ledger';
import { JobsModule } from '@imprimatur/platform/jobs';
import { Module } from '@nestjs/common';
import { ErasureRepository } from './erasure.repository.js';
import { ErasureService } from './erasure.service.js';
import { HoldRepository } from './hold.repository.js';
import { HoldService } from './hold.service.js';
import { RetentionGuard } from './retention.guard.repository.js';
import { RetentionRuleRepository } from './retention-rule.repository.js';
import { RetentionService } from './retention.service.js';

@Module({
  imports: [LedgerModule, JobsModule],
  providers: [ErasureRepository, ErasureService, HoldRepository, HoldService, RetentionGuard, RetentionRuleRepository, RetentionService],
  exports: [ErasureService, HoldService, RetentionGuard, RetentionService],
})
export class RetentionModule {}
