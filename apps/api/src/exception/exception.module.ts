import { LedgerModule } from '@imprimatur/domain/ledger';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { ExceptionLoader } from './exception.loader.js';
import { ExceptionResolver } from './exception.resolver.js';

@Module({ imports: [LedgerModule, PoliciesModule, DecisionsModule], providers: [ExceptionLoader, ExceptionResolver] })
export class ExceptionModule {}
