export { createLogger, LOGGER, serializeError, type Logger, type SerializedError } from './logger.js';
export { Metrics } from './metrics.js';
export { NestLogger } from './nest.logger.js';
export { loggableUrl, requestIdOf, requestLogging } from './request.logging.js';
export { startTracing, type Tracing } from './tracing.js';
