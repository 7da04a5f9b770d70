import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/** What Nest says at start and stop, as lines of our log. Nest hands the context's name, and for errors the stack, as last arguments. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const from = typeof context === 'string' ? { context } : {};
    if (message instanceof Error) this.logger[level]({ err: message, ...from });
    else if (typeof message === 'object' && message !== null) this.logger[level]({ ...message, ...from });
    else this.logger[level](rest.length > 1 ? { ...from, detail: rest.slice(0, -1) } : from, String(message));
  }
}
