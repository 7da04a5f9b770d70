import type { Config } from '@imprimatur/platform/config';
import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { MAILER, type Mailer, mailerOf } from './mailer.js';

/** The mailer of a process that sends mail. */
@Global()
@Module({})
export class MailModule implements OnApplicationShutdown {
  constructor(@Inject(MAILER) private readonly mailer: Mailer | null) {}

  static forRoot(config: Config): DynamicModule {
    return { module: MailModule, providers: [{ provide: MAILER, useFactory: () => mailerOf(config) }], exports: [MAILER] };
  }

  onApplicationShutdown(): void {
    this.mailer?.close();
  }
}
