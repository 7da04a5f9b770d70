import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { IdentityModule } from '@imprimatur/domain/identity';
import { LedgerModule } from '@imprimatur/domain/ledger';
import { loadConfig } from '@imprimatur/platform/config';
import { JobsModule } from '@imprimatur/platform/jobs';
import { AcknowledgementRepository } from './acknowledgements/acknowledgement.repository.js';
import { AcknowledgementService } from './acknowledgements/acknowledgement.service.js';
import { ExceptionRepository } from './exceptions/exception.repository.js';
import { ExceptionService } from './exceptions/exception.service.js';
import { BundleCheck } from './policy.check.js';
import { PolicyEngine } from './policy.engine.js';
import { PolicyRepository } from './policy.repository.js';
import { PolicyService, STARTER_FOLDER } from './policy.service.js';
import { BundleSignatures, POLICY_KEYS, readPolicyKeys } from './policy.signatures.js';
import { SimulationRepository } from './simulations/simulation.repository.js';
import { SimulationService } from './simulations/simulation.service.js';
import { SHADOW_LIMITS, ShadowEngine, USUAL_LIMITS } from './trials/shadow.engine.js';
import { TrialRepository } from './trials/trial.repository.js';
import { TrialService } from './trials/trial.service.js';

@Module({
  imports: [IdentityModule, JobsModule, LedgerModule],
  providers: [
    PolicyRepository,
    PolicyEngine,
    { provide: POLICY_KEYS, useFactory: () => readPolicyKeys(loadConfig().policyKeyFiles) },
    BundleSignatures,
    BundleCheck,
    PolicyService,
    AcknowledgementRepository,
    AcknowledgementService,
    ExceptionRepository,
    ExceptionService,
    SimulationRepository,
    SimulationService,
    TrialRepository,
    { provide: SHADOW_LIMITS, useValue: USUAL_LIMITS },
    ShadowEngine,
    TrialService,
    { provide: STARTER_FOLDER, useFactory: () => join(loadConfig().policiesDir, 'starter') },
  ],
  exports: [PolicyService, AcknowledgementService, ExceptionService, SimulationService, TrialService],
})
export class PoliciesModule {}
