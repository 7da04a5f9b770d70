import { LedgerModule as LedgerRoom } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { LedgerController } from './ledger.controller.js';
import { LedgerResolver } from './ledger.resolver.js';

@Module({ imports: [LedgerRoom], controllers: [LedgerController], providers: [LedgerResolver] })
export class LedgerModule {}
