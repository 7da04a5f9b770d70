import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { loadConfig } from '@imprimatur/platform/config';
import { JobsModule } from '@imprimatur/platform/jobs';
import { ExceptionRepository } from './exceptions/exception.repository.js';
import { ExceptionService } from './exceptions/exception.service.js';
import { PolicyEngine } from './policy.engine.js';
import { PolicyRepository } from './policy.repository.js';
import { PolicyService, STARTER_FOLDER } from './policy.service.js';
import { SimulationRepository } from './simulations/simulation.repository.js';
import { SimulationService } from './simulations/simulation.service.js';

@Module({
  imports: [IdentityModule, JobsModule, LedgerModule],
  providers: [
    PolicyRepository,
    PolicyEngine,
    PolicyService,
    ExceptionRepository,
    ExceptionService,
    SimulationRepository,
    SimulationService,
    { provide: STARTER_FOLDER, useFactory: () => join(loadConfig().policiesDir, 'starter') },
  ],
  exports: [PolicyService, ExceptionService, SimulationService],
})
export class PoliciesModule {}
