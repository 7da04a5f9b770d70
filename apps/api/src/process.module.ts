import type { Config } from '@imprimatur/platform/config';
import { LOGGER, type Logger, Metrics } from '@imprimatur/platform/telemetry';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CONFIG } from './configuration.js';

/** What every part of the process may ask for: its configuration, its log, its metrics. */
@Global()
@Module({})
export class ProcessModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: ProcessModule,
      providers: [{ provide: CONFIG, useValue: config }, { provide: LOGGER, useValue: logger }, Metrics],
      exports: [CONFIG, LOGGER, Metrics],
    };
  }
}
