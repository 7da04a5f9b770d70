export { loadConfig, projectRoot, type Config } from './config.js';
export type { KeysConfig } from './keys.config.js';
export type { ModeratorConfig, ModeratorsConfig } from './moderators.config.js';
export type { WebauthnConfig } from './people.config.js';
