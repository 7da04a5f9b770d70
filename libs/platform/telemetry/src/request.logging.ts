import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '@imprimatur/kernel';
import type { Logger } from 'pino';
import { type HttpLogger, pinoHttp } from 'pino-http';

const WELL_FORMED = /^[A-Za-z0-9._-]{8,64}$/;
const SILENT = ['/healthz', '/readyz', '/metrics'];

/** The caller's `x-request-id` when it is well-formed (8 to 64 of A-Z a-z 0-9 . _ -), else a fresh one. */
export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && WELL_FORMED.test(header) ? header : newId('request');
}

/** A URL as it may be logged: no query, and no capability token (`/log/<token>/...` opens a tenant's log). */
export function loggableUrl(url: string): string {
  const [path = ''] = url.split('?');
  return path.replace(/^\/log\/[^/]+/, '/log/[redacted]');
}

/** One line per answered request, with its id on the line, on `req.id` and on the answer's `x-request-id`. */
export function requestLogging(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: (request: IncomingMessage, response: ServerResponse) => {
      const id = requestIdOf(request.headers['x-request-id']);
      response.setHeader('x-request-id', id);
      return id;
    },
    autoLogging: { ignore: (request) => SILENT.includes(request.url ?? '') },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    // the names are ours: pino-http calls them with its own wrappers of the request and the answer
    wrapSerializers: false,
    serializers: {
      req: (request: IncomingMessage & { originalUrl?: string }) => ({
        id: request.id,
        method: request.method,
        url: loggableUrl(request.originalUrl ?? request.url ?? ''),
      }),
      res: (response: ServerResponse) => ({ status: response.statusCode }),
    },
  });
}
