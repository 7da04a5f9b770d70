export { exchange, type EgressAnswer, type EgressRequest } from './egress.js';
