import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Fault } from '@imprimatur/kernel';
import { type Config, loadConfig } from '@imprimatur/platform/config';
import { createLogger, type Logger, startTracing, type Tracing } from '@imprimatur/platform/telemetry';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** Lines that the supervisor prints for the person who started the service. */
function announcement(config: Config, url: string): readonly string[] {
  const lines = [`${url}                  what is where`, `${url}/graphql          GraphQL, subscriptions over WebSocket`];
  if (config.mode === 'production') return lines;
  lines.push(`${url}/graphiql         GraphiQL`);
  if (config.mode !== 'development') return lines;
  lines.push(
    `Development mode: POST ${url}/auth/development {"person":"ana"} signs anybody in without a password;`,
    `GET says as whom. Never let this mode be reached from a network that you do not trust.`,
  );
  return lines;
}

/** Stops in good order on a signal, and when the supervisor that forked this process is gone. */
function stopWith(app: NestExpressApplication, tracing: Tracing | null, logger: Logger): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    app
      .close()
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
}

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(1)); // while there is nothing to stop in good order
  const config = loadConfig();
  const logger = createLogger(config, 'imprimatur-api');
  const tracing = await startTracing(config, 'imprimatur-api');
  try {
    // only now: tracing patches http, pg and graphql as they load. By require, because what an import() finds in a compiled
    // CommonJS file is a guess of Node's
    const { startApi } = createRequire(__filename)('./api.start.js') as typeof import('./api.start.js');
    const app = await startApi(config, logger);
    stopWith(app, tracing, logger);
    const url = await app.getUrl();
    const lines = announcement(config, url);
    logger.info({ url }, 'ready');
    process.send?.({ type: 'ready', url, lines });
  } catch (error) {
    logger.fatal({ err: error }, error instanceof Fault && error.safe ? error.message : 'the api did not start');
    process.exit(1);
  }
}

void main();
