import { fromBase64Url, isUuid, toBase64Url, utf8 } from '@imprimatur/kernel';
import { GraphQLError } from 'graphql';

export const PAGE_SIZE_MAX = 100;
const PAGE_SIZE_DEFAULT = 20;

export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A page asked for, in the words of a repository. */
export interface Page {
  readonly first: number;
  /** How many rows to fetch: one more than the page, which tells whether there is a next one. */
  readonly limit: number;
  /** Key of the last row before the page; null: from the start. Opaque to clients, the repository's own to us. */
  readonly after: string | null;
}

export interface Connection<N> {
  readonly edges: readonly { readonly cursor: string; readonly node: N }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const CURSOR_PREFIX = 'c1:';

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}

/**
 * Reads `first` (1 to 100, 20 when left out) and `after` (a cursor of ours). `isKey` says whether a cursor's key is one of this connection:
 * those of another one look the same from outside. Throws BAD_USER_INPUT.
 */
export function connectionArgs(args: PageArgs, isKey: (key: string) => boolean = () => true): Page {
  const first = args.first ?? PAGE_SIZE_DEFAULT;
  if (first < 1 || first > PAGE_SIZE_MAX) throw badInput(`first must be 1 to ${PAGE_SIZE_MAX}`);
  return { first, limit: first + 1, after: args.after === null || args.after === undefined ? null : readCursor(args.after, isKey) };
}

/** Key of a connection whose rows have ids. */
export const isIdKey = isUuid;

/** Key of a connection whose rows are numbered: a whole number from 0 that PostgreSQL's bigint can hold. */
export function isNumberKey(key: string): boolean {
  return /^(0|[1-9]\d{0,17})$/.test(key);
}

function readCursor(cursor: string, isKey: (key: string) => boolean): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(cursor));
    const key = text.slice(CURSOR_PREFIX.length);
    if (text.startsWith(CURSOR_PREFIX) && isKey(key)) return key;
  } catch {
    // not base64url, or not UTF-8: no cursor of ours
  }
  throw badInput('after is not a cursor of this connection');
}

/**
 * `rows` in the order of the connection, fetched with `page.limit`. `keyOf` gives the value that the repository compares with
 * (`page.after` of the next request); `toNode` makes the GraphQL object.
 */
export function toConnection<T, N>(page: Page, rows: readonly T[], keyOf: (row: T) => string, toNode: (row: T) => N): Connection<N> {
  const edges = rows.slice(0, page.first).map((row) => ({ cursor: toBase64Url(utf8(CURSOR_PREFIX + keyOf(row))), node: toNode(row) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
