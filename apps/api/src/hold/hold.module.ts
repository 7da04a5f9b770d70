import { LedgerModule } from '@imprimatur/domain/ledger';
import { RetentionModule } from '@imprimatur/domain/retention';
import { ErasureFlowModule } from '@imprimatur/flows/erasure';
import { Module } from '@nestjs/common';
import { HoldLoader } from './hold.loader.js';
import { HoldResolver } from './hold.resolver.js';

@Module({ imports: [LedgerModule, RetentionModule, ErasureFlowModule], providers: [HoldLoader, HoldResolver], exports: [HoldLoader] })
export class HoldModule {}
