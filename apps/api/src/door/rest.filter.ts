import type { Refusal, Result } from '@imprimatur/kernel';
import { LOGGER, type Logger } from '@imprimatur/platform/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { Response } from 'express';
import type { DoorRequest } from './door.types.js';
import { RETRY_AFTER_S, safeFailureOf } from './fault.mapper.js';
import { WINDOW_S } from './rate.limiter.js';

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_A_MEMBER: 403,
  NOT_FOUND: 404,
  BLOB_ERASED: 410,
  IDEMPOTENCY_KEY_REUSED: 409,
  BAD_REQUEST: 400,
  TENANT_NEEDED: 400,
  RATE_LIMITED: 429,
};
const STATUS_OF_REFUSALS = 422;

/** A refusal on its way out of a REST route: `{ code, message, remedy, requestId }` under a 4xx status. */
export class RefusedException extends Error {
  constructor(
    readonly refusal: Refusal,
    readonly status: number = STATUS[refusal.code] ?? STATUS_OF_REFUSALS,
  ) {
    super(refusal.message);
  }
}

/** For controllers: the value, or the refusal as the route's answer. */
export function answerOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RefusedException(result.refusal);
}

/** Whatever leaves a REST route by exception. GraphQL maps its own errors. */
@Catch()
export class RestFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() !== 'http') return exception;
    const request = host.switchToHttp().getRequest<DoorRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const requestId = request.id;
    if (response.headersSent) {
      this.logger.error({ err: exception, requestId }, 'the answer broke off');
      return response.destroy();
    }
    if (exception instanceof RefusedException && exception.status === 429) response.setHeader('retry-after', String(WINDOW_S));
    if (exception instanceof RefusedException) return response.status(exception.status).json({ ...exception.refusal, requestId });
    const clientStatus = clientErrorStatus(exception);
    if (clientStatus !== null)
      return response.status(clientStatus).json({ code: codeOf(clientStatus), message: 'The request cannot be used as it is.', requestId });
    this.logger.error({ err: exception, requestId }, 'request failed');
    const { code, message, retryable, status } = safeFailureOf(exception);
    if (retryable) response.setHeader('retry-after', String(RETRY_AFTER_S));
    return response.status(status).json({ code, message, requestId });
  }
}

/** Nest's own 4xx (no such route), and those of body parsers (too large, malformed), which are plain errors with a status. */
function clientErrorStatus(exception: unknown): number | null {
  const status: unknown =
    exception instanceof HttpException
      ? exception.getStatus()
      : exception instanceof Error && 'status' in exception
        ? exception.status
        : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

function codeOf(status: number): string {
  return { 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED', 413: 'BODY_TOO_LARGE', 415: 'MEDIA_TYPE_UNSUPPORTED' }[status] ?? 'BAD_REQUEST';
}
