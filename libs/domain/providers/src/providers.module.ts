import { LedgerModule } from '@imprimatur/domain/ledger';
import type { Config } from '@imprimatur/platform/config';
import { pictureLimits } from '@imprimatur/platform/images';
import { type DynamicModule, Module } from '@nestjs/common';
import { AttemptCopies } from './attempt.copies.repository.js';
import { AttemptRepository } from './attempt.repository.js';
import { AttemptService } from './attempt.service.js';
import { LOCAL_NAME, LocalProvider } from './local/local.provider.js';
import { PREFERRED_PROVIDER, PROVIDERS, Providers } from './provider.registry.js';
import { ReconciliationMatchingRepository } from './reconciliation.matching.repository.js';
import { ReconciliationRepository } from './reconciliation.repository.js';
import { ReconciliationService } from './reconciliation.service.js';

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
    { provide: PREFERRED_PROVIDER, useValue: LOCAL_NAME },
  ],
  exports: [AttemptCopies, AttemptService, ReconciliationService, PREFERRED_PROVIDER],
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
