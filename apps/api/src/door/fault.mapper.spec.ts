import { Fault } from '@imprimatur/kernel';
import { GraphQLError } from 'graphql';
import { formatError, safeFailureOf } from './fault.mapper.js';

function formatted(thrown: Error): { message: string; extensions?: Record<string, unknown> } {
  const error = new GraphQLError(thrown.message, { originalError: thrown, path: ['asset'] });
  return formatError(error.toJSON(), error);
}

describe('formatError', () => {
  it('tells nothing of what was not meant to be told', () => {
    const answer = formatted(new Error('duplicate key value violates unique constraint "x"; password=hunter2'));
    expect(answer).toMatchObject({ path: ['asset'], extensions: { code: 'INTERNAL', retryable: false } });
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|duplicate/);
  });

  it('tells the code of a fault, and its text only when it is safe', () => {
    const detail = { room: 'provider', code: 'PROVIDER_TIMEOUT', message: 'key sk-123 timed out', retryable: true };
    expect(JSON.stringify(formatted(new Fault(detail)))).not.toContain('sk-123');
    expect(formatted(new Fault(detail)).extensions).toEqual({ code: 'PROVIDER_TIMEOUT', retryable: true });
    expect(formatted(new Fault({ ...detail, message: 'The provider is slow.', safe: true })).message).toBe('The provider is slow.');
  });

  it('leaves refusals of GraphQL as they are, without stack, status or suggestions', () => {
    const error = new GraphQLError('Cannot query field "asse". Did you mean "asset" or "assets"?', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', stacktrace: ['at x'], http: { status: 400 } },
    });
    expect(formatError(error.toJSON(), error)).toEqual({
      message: 'Cannot query field "asse".',
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });
});

describe('safeFailureOf', () => {
  it('says 503 for a database that is away or full', () => {
    const full = Object.assign(new Error('sorry, too many clients already'), { code: '53300' });
    expect(safeFailureOf(full)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true, status: 503 });
  });
});
