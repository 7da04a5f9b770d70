import { toBase64Url, utf8 } from '@imprimatur/kernel';
import { connectionArgs, isIdKey, isNumberKey, toConnection } from './relay.connection.js';

const identity = (row: string): string => row;

describe('connections', () => {
  it('takes 20 from the start when nothing is said', () => {
    expect(connectionArgs({})).toEqual({ first: 20, limit: 21, after: null });
  });

  it.each([0, -1, 101])('refuses first: %d', (first) => expect(() => connectionArgs({ first })).toThrow('first must be 1 to 100'));
  it.each(['', 'x', '!!!', 'YWJj'])('refuses the cursor "%s"', (after) => expect(() => connectionArgs({ after })).toThrow('not a cursor'));

  it('finds its way back by its own cursor', () => {
    const page = connectionArgs({ first: 2 });
    const connection = toConnection(page, ['a', 'b', 'c'], identity, identity);
    expect(connection.edges.map(({ node }) => node)).toEqual(['a', 'b']);
    expect(connection.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const next = connectionArgs({ first: 2, after: connection.pageInfo.endCursor });
    expect(next.after).toBe('b');
    expect(toConnection(next, ['c'], identity, identity).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it.each([
    ['c1:abc', isIdKey],
    ['c1:18', isIdKey],
    ["c1:' or 1=1", isNumberKey],
    ['c1:-1', isNumberKey],
    ['c1:01', isNumberKey],
    ['c1:1e3', isNumberKey],
    ['c1:9223372036854775808', isNumberKey],
    ['c1:018f0000-0000-7000-8000-000000000001', isNumberKey],
    ['c1:', isNumberKey],
  ])('refuses the key of another connection: %s', (cursor, isKey) => {
    expect(() => connectionArgs({ after: toBase64Url(utf8(cursor)) }, isKey)).toThrow('not a cursor');
  });

  it('takes the keys of its own', () => {
    const id = '018f0000-0000-7000-8000-000000000001';
    expect(connectionArgs({ after: toBase64Url(utf8(`c1:${id}`)) }, isIdKey).after).toBe(id);
    expect(connectionArgs({ after: toBase64Url(utf8('c1:18')) }, isNumberKey).after).toBe('18');
  });

  it('has no cursors on an empty page', () => {
    expect(toConnection(connectionArgs({}), [], identity, identity)).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });
});
