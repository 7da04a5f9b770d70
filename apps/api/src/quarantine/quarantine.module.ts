import { ExportModule } from '@imprimatur/domain/exports';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { QuarantineModule as QuarantineRoom } from '@imprimatur/domain/quarantine';
import { QuarantineFlowModule } from '@imprimatur/flows/quarantine';
import { Module } from '@nestjs/common';
import { CaseLoader } from './case.loader.js';
import { CaseResolver } from './case.resolver.js';
import { ComplaintController } from './complaint.controller.js';
import { QuarantineController } from './quarantine.controller.js';

@Module({
  imports: [ExportModule, LedgerModule, QuarantineRoom, QuarantineFlowModule],
  controllers: [ComplaintController, QuarantineController],
  providers: [CaseLoader, CaseResolver],
})
export class QuarantineModule {}
