import { EditingModule } from '@imprimatur/domain/editing';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { Module } from '@nestjs/common';
import { QuestionStream } from './question.stream.js';
import { SimulationFlow } from './simulation.flow.js';

@Module({
  imports: [EditingModule, PoliciesModule],
  providers: [QuestionStream, SimulationFlow],
  exports: [QuestionStream, SimulationFlow],
})
export class SimulationFlowModule {}
