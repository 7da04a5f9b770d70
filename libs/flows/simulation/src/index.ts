export { QuestionStream } from './question.stream.js';
export { SimulationFlow } from './simulation.flow.js';
export { SimulationFlowModule } from './simulation.flow.module.js';
