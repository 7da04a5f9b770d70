import { LedgerModule } from '@imprimatur/domain/ledger';
import { RetentionModule } from '@imprimatur/domain/retention';
import { ErasureFlowModule } from '@imprimatur/flows/erasure';
import { Module } from '@nestjs/common';
import { HoldModule } from '../hold/hold.module.js';
import { ErasureResolver } from './erasure.resolver.js';
import { RetentionResolver } from './retention.resolver.js';

@Module({ imports: [LedgerModule, RetentionModule, ErasureFlowModule, HoldModule], providers: [ErasureResolver, RetentionResolver] })
export class ErasureModule {}
