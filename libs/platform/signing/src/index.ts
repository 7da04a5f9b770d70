export { CheckpointMemory, type RememberedHead } from './checkpoint.memory.js';
export { FolderHold } from './folder.hold.js';
export { KeyRing, type RingKey } from './key.ring.js';
