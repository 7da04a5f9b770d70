import type { Config } from '@imprimatur/platform/config';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Injection token of the process's logger. */
export const LOGGER = Symbol('Logger');

/** Never logged, wherever they stand up to three levels deep: secrets, and what people wrote or are called. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'token',
  'accessToken',
  'leaseToken',
  'apiKey',
  'prompt',
  'displayName',
  'databaseUrl',
  'sequencerUrl',
];

const paths = SECRET_FIELDS.map((field) => (/^\w+$/.test(field) ? `.${field}` : `["${field}"]`)).flatMap((field) =>
  ['', '*', '*.*', '*.*.*'].map((above) => (above === '' ? field.replace(/^\./, '') : above + field)),
);

/** One JSON object a line, on standard output unless a destination is given. Error causes are written down the whole chain. */
export function createLogger(config: Pick<Config, 'logLevel'>, name: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level: config.logLevel,
    redact: { paths, censor: '[redacted]' },
    serializers: { err: serializeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: SerializedError;
}

const CAUSES_MAX = 8;

/** Type, message, code, stack and causes. Not the other fields: drivers hang queries with their parameters on errors. */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth >= CAUSES_MAX ? {} : { cause: serializeError(error.cause, depth + 1) }),
  };
}
