export { loadConfig, projectRoot, type Config } from './config.js';
export type { KeysConfig } from './keys.config.js';
