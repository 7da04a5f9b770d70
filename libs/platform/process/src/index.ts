export { endWithSupervisor, stopInGoodOrder } from './process.stop.js';
