import { LedgerModule } from '@imprimatur/domain/ledger';
import type { Config } from '@imprimatur/platform/config';
import { pictureLimits } from '@imprimatur/platform/images';
import { type DynamicModule, Module } from '@nestjs/common';
import { AttemptCopies } from './attempt.copies.repository.js';
import { AttemptRepository } from './attempt.repository.js';
import { AttemptService } from './attempt.service.js';
import { LOCAL_NAME, LOCAL_TRAITS, LocalProvider } from './local/local.provider.js';
import { PREFERRED_PROVIDER, PROVIDER_CATALOGUE, PROVIDERS, Providers } from './provider.registry.js';
import type { ProviderTraits } from './provider.types.js';
import { ReconciliationMatchingRepository } from './reconciliation.matching.repository.js';
import { ReconciliationRepository } from './reconciliation.repository.js';
import { ReconciliationService } from './reconciliation.service.js';
import { TermsRepository } from './terms/terms.repository.js';
import { VendorTermsService } from './terms/terms.service.js';

const CATALOGUE: readonly ProviderTraits[] = [LOCAL_TRAITS];

/** The attempts on record: for every process. */
@Module({
  imports: [LedgerModule],
  providers: [
    AttemptCopies,
    AttemptRepository,
    AttemptService,
    ReconciliationRepository,
    ReconciliationMatchingRepository,
    ReconciliationService,
    TermsRepository,
    VendorTermsService,
    { provide: PREFERRED_PROVIDER, useValue: LOCAL_NAME },
    { provide: PROVIDER_CATALOGUE, useValue: CATALOGUE },
  ],
  exports: [AttemptCopies, AttemptService, ReconciliationService, VendorTermsService, PREFERRED_PROVIDER, PROVIDER_CATALOGUE],
})
export class ProvidersModule {}

/** The providers themselves, with their threads: only for the process that renders, in which `PROVIDERS` is then at hand everywhere. */
@Module({})
export class ProviderEnginesModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ProviderEnginesModule,
      global: true,
      providers: [{ provide: PROVIDERS, useFactory: () => new Providers([new LocalProvider({ limits: pictureLimits(config) })]) }],
      exports: [PROVIDERS],
    };
  }
}
