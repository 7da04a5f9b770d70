export { QueueFlow, type QueueView } from './queue.flow.js';
export { QueueFlowModule } from './queue.flow.module.js';
export { TaskClockFlow } from './task.clock.flow.js';
