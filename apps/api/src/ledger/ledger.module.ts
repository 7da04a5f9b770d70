import { LedgerModule as LedgerRoom } from '@imprimatur/domain/ledger';
import { TrailFlowModule } from '@imprimatur/flows/trails';
import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';
import { AccessResolver } from './access.resolver.js';
import { DisclosureResolver } from './disclosure.resolver.js';
import { LedgerExportController } from './export.controller.js';
import { LedgerController } from './ledger.controller.js';
import { EventConnectionResolver, LedgerResolver, LogResolver } from './ledger.resolver.js';
import { LogZeroController } from './log-zero.controller.js';
import { TrailResolver } from './trail.resolver.js';

@Module({
  imports: [LedgerRoom, TrailFlowModule],
  // in the order in which they are asked: what is no capability goes on to the tenant's own log
  controllers: [LogZeroController, AccessController, LedgerController, LedgerExportController],
  providers: [LedgerResolver, LogResolver, EventConnectionResolver, TrailResolver, DisclosureResolver, AccessResolver],
})
export class LedgerModule {}
