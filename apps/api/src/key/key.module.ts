import { LedgerModule } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { KeyResolver } from './key.resolver.js';

/** The tenants' wrapping keys: nothing of them is shown, they are only rotated. */
@Module({ imports: [LedgerModule], providers: [KeyResolver] })
export class KeyModule {}
