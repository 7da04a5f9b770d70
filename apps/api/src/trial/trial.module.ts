import { PoliciesModule } from '@imprimatur/domain/policies';
import { Module } from '@nestjs/common';
import { TrialResolver } from './trial.resolver.js';

@Module({ imports: [PoliciesModule], providers: [TrialResolver] })
export class PolicyTrialModule {}
