import { LedgerModule } from '@imprimatur/domain/ledger';
import { ProvidersModule } from '@imprimatur/domain/providers';
import { DecisionsModule } from '@imprimatur/flows/gates';
import { Module } from '@nestjs/common';
import { VendorTermsLoader } from './vendor-terms.loader.js';
import { MakingResolver, VendorTermsResolver } from './vendor-terms.resolver.js';

@Module({
  imports: [LedgerModule, ProvidersModule, DecisionsModule],
  providers: [VendorTermsLoader, VendorTermsResolver, MakingResolver],
})
export class VendorTermsModule {}
