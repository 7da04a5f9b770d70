import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { ALIASES_MAX, COST_MAX, DEPTH_MAX, rootFields, weigh } from './document.weight.js';

const schema = buildSchema(`
  directive @cost(points: Int!) on FIELD_DEFINITION
  type Query { me: Person people(first: Int = 20, after: String): PersonConnection! name: String proof: Proof! @cost(points: 50) }
  type Mutation { greet(name: String): Person hug: Person }
  type Proof { bytes: String }
  type Person { name: String friend: Person children: [Person!]! friends(first: Int = 20): PersonConnection! }
  type PersonConnection { edges: [Edge!]! }
  type Edge { node: Person! }
`);

function cost(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('one operation');
  return weigh({ schema, document, operation, variables });
}

const codeOf = (text: string, variables?: Record<string, unknown>): unknown => {
  try {
    return cost(text, variables);
  } catch (error) {
    return (error as { extensions: { code: string } }).extensions.code;
  }
};

const nested = (field: string, times: number, leaf: string): string => `${field} { `.repeat(times) + leaf + ' }'.repeat(times);

describe('weigh', () => {
  it('counts objects, and scalars nothing', () => {
    expect(cost('{ name }')).toBe(1);
    expect(cost('{ me { name friend { name } } }')).toBe(2);
    expect(cost('{ proof { bytes } }')).toBe(50);
  });

  it('multiplies by first, its default, and a guess for plain lists', () => {
    expect(cost('{ people(first: 10) { edges { node { name } } } }')).toBe(10 * (1 + 1 + 1));
    expect(cost('{ people { edges { node { name } } } }')).toBe(20 * 3);
    expect(cost('query Q($n: Int) { people(first: $n) { edges { node { name } } } }', { n: 50 })).toBe(150);
    expect(cost('query Q($n: Int = 5) { people(first: $n) { edges { node { name } } } }')).toBe(15);
    expect(cost('{ me { children { name } } }')).toBe(1 + 5);
  });

  it('refuses the 111,110-node list query', () => {
    const page = (first: number, inner: string): string => `friends(first: ${first}) { edges { node { ${inner} } } }`;
    const tens = page(10, page(10, page(10, page(10, page(10, 'name')))));
    expect(codeOf(`{ me { ${tens} } }`)).toBe('QUERY_TOO_DEEP');
    expect(codeOf(`{ me { ${page(100, page(100, 'name'))} } }`)).toBe('QUERY_TOO_COSTLY');
    expect(codeOf(`{ me { ${page(10, page(10, 'name'))} } }`)).toBe(1 + 10 * (3 + 10 * 3));
    expect(COST_MAX).toBeLessThan(111_110);
  });

  it('refuses a page that is too long before it is read', () => {
    expect(codeOf('{ people(first: 101) { edges { cursor: __typename } } }')).toBe('PAGE_SIZE_INVALID');
    expect(codeOf('query Q($n: Int) { people(first: $n) { edges { __typename } } }', { n: -1 })).toBe('PAGE_SIZE_INVALID');
  });

  it('refuses depth, also through fragments', () => {
    expect(typeof codeOf(`{ ${nested('me', 1, nested('friend', DEPTH_MAX - 2, 'name'))} }`)).toBe('number');
    expect(codeOf(`{ ${nested('me', 1, nested('friend', DEPTH_MAX - 1, 'name'))} }`)).toBe('QUERY_TOO_DEEP');
    const half = nested('friend', 5, '...F');
    expect(codeOf(`{ me { ${half} } } fragment F on Person { ${nested('friend', 5, 'name')} }`)).toBe('QUERY_TOO_DEEP');
  });

  it('weighs a bomb of fragments once per fragment', () => {
    const bomb = Array.from(
      { length: 9 },
      (_, at) => `fragment F${at} on Person { a: friend { ...F${at + 1} } b: friend { ...F${at + 1} } }`,
    ).join('\n');
    const text = `{ me { ...F0 } }\n${bomb}\nfragment F9 on Person { name }`;
    expect(codeOf(text)).toBe('QUERY_TOO_DEEP');
    const children = Array.from({ length: 7 }, (_, at) => `fragment F${at} on Person { children { ...F${at + 1} } }`).join('\n');
    expect(codeOf(`{ me { ...F0 } }\n${children}\nfragment F7 on Person { name }`)).toBe('QUERY_TOO_COSTLY');
  });

  it('refuses aliases by the hundred', () => {
    const aliases = Array.from({ length: 101 }, (_, at) => `a${at}: name`).join(' ');
    expect(codeOf(`{ ${aliases} }`)).toBe('TOO_MANY_ALIASES');
    expect(ALIASES_MAX).toBeLessThan(101);
  });

  it('lets a document carry one mutation', () => {
    expect(codeOf('mutation { greet { name } }')).toBe(1);
    expect(codeOf('mutation { greet { name } hug { name } }')).toBe('ONE_MUTATION_PER_REQUEST');
    expect(codeOf('mutation { a: greet { name } b: greet { name } }')).toBe('ONE_MUTATION_PER_REQUEST');
    expect(codeOf('mutation { ...M } fragment M on Mutation { greet { name } hug { name } }')).toBe('ONE_MUTATION_PER_REQUEST');
  });
});

describe('rootFields', () => {
  it('looks through fragments and past __typename', () => {
    const document = parse('query { __typename ...Q ... on Query { name } a: me { name } } fragment Q on Query { me { name } }');
    const operation = getOperationAST(document);
    expect(operation && [...rootFields({ document, operation })].sort()).toEqual(['me', 'me', 'name']);
  });
});
