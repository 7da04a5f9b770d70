import { systemClock } from '@imprimatur/kernel';
import { LOGGER, type Logger, Metrics, requestLogging } from '@imprimatur/platform/telemetry';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { type AuthenticationRefusal, CallerAuthenticator } from './caller.authenticator.js';
import type { DoorRequest } from './door.types.js';
import { safeFailureOf } from './fault.mapper.js';

const BODY_MAX = '256kb';

/** Puts the door in front of every route. Call it once, before `listen` or `init`: Express runs middleware in the order of arrival. */
export function installDoor(app: NestExpressApplication): void {
  const logger = app.get<Logger>(LOGGER);
  app.disable('x-powered-by');
  app.use(requestLogging(logger));
  app.use(timed(app.get(Metrics)));
  app.use(securityHeaders);
  app.use(authenticated(app.get(CallerAuthenticator), logger));
  app.useBodyParser('json', { limit: BODY_MAX });
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('strict-transport-security', 'max-age=31536000');
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  // pages say more; an answer that is no page may load and run nothing
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cache-control', 'no-store');
  next();
};

function timed(metrics: Metrics): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const beganMs = performance.now();
    response.on('finish', () => {
      const pattern = (request.route as { readonly path?: unknown } | undefined)?.path;
      const route = typeof pattern === 'string' ? pattern : request.baseUrl || 'other';
      metrics.httpDuration.observe({ method: request.method, route, status: response.statusCode }, (performance.now() - beganMs) / 1000);
    });
    next();
  };
}

function authenticated(authenticator: CallerAuthenticator, logger: Logger): RequestHandler {
  return (incoming: Request, response: Response, next: NextFunction) => {
    const request = incoming as DoorRequest;
    const tenant = request.headers['x-imprimatur-tenant'];
    authenticator
      .authenticate({ authorization: request.headers.authorization, tenant: typeof tenant === 'string' ? tenant : undefined })
      .then((result) => {
        if (!result.ok) return answerUnauthenticated(request, response, result.refusal);
        const { principal } = result.value;
        const allowanceKey = principal ? `${principal.tenant}/${principal.actor.ref}` : (request.ip ?? '');
        request.door = { requestId: request.id, principal, allowanceKey, transport: 'http', spent: null };
        next();
      })
      .catch((error: unknown) => {
        logger.error({ err: error, requestId: request.id, at: systemClock.now() }, 'authentication failed');
        const { code, message, status } = safeFailureOf(error);
        answer(request, response, status, { code, message });
      });
  };
}

function answerUnauthenticated(request: DoorRequest, response: Response, refusal: AuthenticationRefusal): void {
  const status = { UNAUTHENTICATED: 401, NOT_A_MEMBER: 403, TENANT_NEEDED: 400 }[refusal.code];
  if (status === 401) response.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  answer(request, response, status, refusal);
}

/** GraphQL clients look for `errors`, all others for `code`. */
function answer(
  request: DoorRequest,
  response: Response,
  status: number,
  body: { readonly code: string; readonly message: string; readonly remedy?: string },
): void {
  const requestId = request.id;
  const { message, ...extensions } = body;
  if (request.path === '/graphql') response.status(status).json({ errors: [{ message, extensions: { ...extensions, requestId } }] });
  else response.status(status).json({ ...body, requestId });
}
