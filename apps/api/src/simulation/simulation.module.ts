import { PoliciesModule } from '@imprimatur/domain/policies';
import { SimulationFlowModule } from '@imprimatur/flows/simulation';
import { Module } from '@nestjs/common';
import { PolicyModule } from '../policy/policy.module.js';
import { QuestionController } from './question.controller.js';
import { SimulationLoader } from './simulation.loader.js';
import { SimulationResolver } from './simulation.resolver.js';

@Module({
  imports: [PoliciesModule, PolicyModule, SimulationFlowModule],
  controllers: [QuestionController],
  providers: [SimulationLoader, SimulationResolver],
})
export class SimulationModule {}
