import { EditingModule } from '@imprimatur/domain/editing';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { Module } from '@nestjs/common';
import { SimulationFlow } from './simulation.flow.js';

@Module({ imports: [EditingModule, PoliciesModule], providers: [SimulationFlow], exports: [SimulationFlow] })
export class SimulationFlowModule {}
