export { ThreadPool, threadEntry, type RunOptions, type ThreadPoolOptions } from './thread-pool.js';
