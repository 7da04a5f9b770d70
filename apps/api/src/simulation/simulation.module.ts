import { PoliciesModule } from '@imprimatur/domain/policies';
import { Module } from '@nestjs/common';
import { PolicyModule } from '../policy/policy.module.js';
import { SimulationLoader } from './simulation.loader.js';
import { SimulationResolver } from './simulation.resolver.js';

@Module({ imports: [PoliciesModule, PolicyModule], providers: [SimulationLoader, SimulationResolver] })
export class SimulationModule {}
