export { CheckpointMemory, type RememberedHead } from './checkpoint.memory.js';
export { KeyRing, type RingKey } from './key.ring.js';
