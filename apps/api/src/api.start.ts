import { TenantFlow } from '@imprimatur/flows/tenants';
import type { Config } from '@imprimatur/platform/config';
import { type Logger, NestLogger } from '@imprimatur/platform/telemetry';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiModule } from './api.module.js';
import { installDoor } from './door/door.setup.js';

/** Builds the API and listens on `config.port` (0: any free one). In development mode the demonstration tenant is made first. */
export async function startApi(config: Config, logger: Logger): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.forRoot(config, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  installDoor(app);
  await app.init();
  if (config.mode === 'development') {
    const made = await app.get(TenantFlow, { strict: false }).bootstrapDemonstration();
    logger.warn({ made }, 'development mode: the demonstration tenant and its sign-in without passwords are open');
  }
  await app.listen(config.port, config.host);
  return app;
}
