export * from './actor.js';
export * from './bytes.js';
export * from './clock.js';
export * from './fault.js';
export * from './ids.js';
export * from './json.js';
export * from './result.js';
export * from './verdict.js';
