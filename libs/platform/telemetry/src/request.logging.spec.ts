import { loggableUrl, requestIdOf } from './request.logging.js';

describe('request ids', () => {
  it('keeps a well-formed one of the caller', () => expect(requestIdOf('abc-12345')).toBe('abc-12345'));
  it.each([undefined, '', 'short', 'a'.repeat(65), 'line\nbreak', 'sp ace id'])('replaces %j', (header) => {
    expect(requestIdOf(header)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('loggableUrl', () => {
  it('drops the query and the capability of a log', () => {
    expect(loggableUrl('/graphql?query=secret')).toBe('/graphql');
    expect(loggableUrl('/log/capability/tile/0/000')).toBe('/log/[redacted]/tile/0/000');
  });
});
