import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Fault } from '@imprimatur/kernel';
import { type Config, loadConfig } from '@imprimatur/platform/config';
import { endWithSupervisor, stopInGoodOrder } from '@imprimatur/platform/process';
import { createLogger, startTracing } from '@imprimatur/platform/telemetry';

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

async function main(): Promise<void> {
  endWithSupervisor();
  const config = loadConfig();
  const logger = createLogger(config, 'imprimatur-api');
  const tracing = await startTracing(config, 'imprimatur-api');
  try {
    // only now: tracing patches http, pg and graphql as they load. By require, because what an import() finds in a compiled
    // CommonJS file is a guess of Node's
    const { startApi } = createRequire(__filename)('./api.start.js') as typeof import('./api.start.js');
    const app = await startApi(config, logger);
    stopInGoodOrder(async () => {
      await app.close();
      await tracing?.shutdown();
    }, logger);
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
