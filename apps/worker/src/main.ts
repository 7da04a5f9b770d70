import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Fault } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { createLogger, startTracing } from '@imprimatur/platform/telemetry';

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(1)); // while there is nothing to stop in good order
  const config = loadConfig();
  const logger = createLogger(config, 'imprimatur-worker');
  const tracing = await startTracing(config, 'imprimatur-worker');
  try {
    // only now: tracing patches http and pg as they load
    const { startWorker } = createRequire(__filename)('./worker.start.js') as typeof import('./worker.start.js');
    const worker = await startWorker(config, logger);
    let stopping = false;
    const stop = (why: string): void => {
      if (stopping) return;
      stopping = true;
      logger.info({ why }, 'stopping');
      worker
        .stop()
        .then(() => tracing?.shutdown())
        .then(() => process.exit(0))
        .catch((error: unknown) => {
          logger.error({ err: error }, 'did not stop in good order');
          process.exit(1);
        });
    };
    process.once('SIGTERM', () => stop('SIGTERM'));
    process.once('SIGINT', () => stop('SIGINT'));
    process.removeAllListeners('disconnect');
    process.once('disconnect', () => stop('the supervisor is gone'));
    logger.info('ready');
    process.send?.({ type: 'ready', lines: [] });
  } catch (error) {
    logger.fatal({ err: error }, error instanceof Fault && error.safe ? error.message : 'the worker did not start');
    process.exit(1);
  }
}

void main();
