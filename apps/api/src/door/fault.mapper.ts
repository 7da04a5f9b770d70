import { Fault } from '@imprimatur/kernel';
import { isUnavailable, unavailable } from '@imprimatur/platform/database';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

const UNSAID = 'Something failed on our side. Tell us the request id and we will find out what.';
export const RETRY_AFTER_S = 2;
/** What Apollo and we keep on errors for ourselves. */
const UNTOLD = ['stacktrace', 'http', 'originalError'];

/** What a client may know of a failure. */
export interface SafeFailure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** HTTP status of a request that failed as a whole. */
  readonly status: number;
}

/** A Fault by its code, a lost database as DATABASE_UNAVAILABLE, anything else as INTERNAL; the text only of what is safe. */
export function safeFailureOf(error: unknown): SafeFailure {
  if (error instanceof Fault) {
    const status = error.retryable ? 503 : 500;
    return { code: error.code, message: error.safe ? error.message : UNSAID, retryable: error.retryable, status };
  }
  if (isUnavailable(error)) return safeFailureOf(unavailable(error));
  return { code: 'INTERNAL', message: UNSAID, retryable: false, status: 500 };
}

/** The error that was thrown behind a GraphQL error; null for errors of GraphQL itself and those that a resolver meant to answer. */
export function thrownBehind(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error;
  if (error.originalError === undefined) return null;
  return error.originalError instanceof GraphQLError ? thrownBehind(error.originalError) : error.originalError;
}

/** The form in which an error leaves the house: no stack, no text of ours that is not safe, no suggestion of other names. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const thrown = thrownBehind(error);
  const place = { ...(formatted.locations ? { locations: formatted.locations } : {}), ...(formatted.path ? { path: formatted.path } : {}) };
  if (thrown === null) {
    const told = Object.entries(formatted.extensions ?? {}).filter(([name]) => !UNTOLD.includes(name));
    return { message: withoutSuggestions(formatted.message), ...place, extensions: Object.fromEntries(told) };
  }
  const { code, message, retryable } = safeFailureOf(thrown);
  return { message, ...place, extensions: { code, retryable } };
}

function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean [^?]*\?/g, '').trimEnd();
}
