export { SimulationFlow } from './simulation.flow.js';
export { SimulationFlowModule } from './simulation.flow.module.js';
