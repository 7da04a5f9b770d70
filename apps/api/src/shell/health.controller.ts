import { LOGGER, type Logger, Metrics } from '@imprimatur/platform/telemetry';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../door/index.js';
import { ReadinessRepository } from './readiness.repository.js';

/** For supervisors, load balancers and Prometheus. Public, and they say nothing but whether it works; shield /metrics at the proxy. */
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: ReadinessRepository,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The process runs. */
  @Get('healthz')
  @Public()
  health(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process can serve: 200, or 503 with what is missing. */
  @Get('readyz')
  @Public()
  async ready(@Res() response: Response): Promise<void> {
    const checks = await this.check();
    const isReady = Object.values(checks).every((state) => state === 'ok');
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ok' : 'unavailable', checks });
  }

  @Get('metrics')
  @Public()
  async expose(@Res() response: Response): Promise<void> {
    const { contentType, text } = await this.metrics.expose();
    response.setHeader('content-type', contentType);
    response.end(text);
  }

  private async check(): Promise<{ readonly database: string; readonly migrations: string }> {
    try {
      const missing = await this.readiness.missingMigrations();
      return { database: 'ok', migrations: missing.length === 0 ? 'ok' : `${missing.length} missing: run imprimatur migrate` };
    } catch (error) {
      this.logger.warn({ err: error }, 'not ready');
      return { database: 'unavailable', migrations: 'unknown' };
    }
  }
}
