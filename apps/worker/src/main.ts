import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Fault } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { endWithSupervisor, stopInGoodOrder } from '@imprimatur/platform/process';
import { createLogger, startTracing } from '@imprimatur/platform/telemetry';

async function main(): Promise<void> {
  endWithSupervisor();
  const config = loadConfig();
  const logger = createLogger(config, 'imprimatur-worker');
  const tracing = await startTracing(config, 'imprimatur-worker');
  try {
    // only now: tracing patches http and pg as they load
    const { startWorker } = createRequire(__filename)('./worker.start.js') as typeof import('./worker.start.js');
    const worker = await startWorker(config, logger);
    stopInGoodOrder(async () => {
      await worker.stop();
      await tracing?.shutdown();
    }, logger);
    logger.info('ready');
    process.send?.({ type: 'ready', lines: [] });
  } catch (error) {
    logger.fatal({ err: error }, error instanceof Fault && error.safe ? error.message : 'the worker did not start');
    process.exit(1);
  }
}

void main();
