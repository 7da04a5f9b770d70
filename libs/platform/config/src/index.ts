export { loadConfig, projectRoot, type Config } from './config.js';
