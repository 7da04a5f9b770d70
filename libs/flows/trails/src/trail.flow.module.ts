import { AssetModule } from '@imprimatur/domain/assets';
import { ExportModule } from '@imprimatur/domain/exports';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { TrailFlow } from './trail.flow.js';

@Module({ imports: [AssetModule, ExportModule, LedgerModule], providers: [TrailFlow], exports: [TrailFlow] })
export class TrailFlowModule {}
