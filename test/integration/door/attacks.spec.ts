import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { executed, openProbeHouse, post, type ProbeHouse } from './probe.house';

let house: ProbeHouse;
let ana: string;

beforeAll(async () => {
  house = await openProbeHouse();
  ana = await house.signIn('ana');
});
afterAll(async () => house.close());
beforeEach(() => {
  executed.length = 0;
});

const nested = (field: string, times: number, leaf = 'name'): string => `${field} { `.repeat(times) + leaf + ' }'.repeat(times);

const input = '{ idempotencyKey: "k" }';
const bomb = (levels: number): string =>
  `{ probe { ...F0 } }\n${Array.from({ length: levels }, (_, at) => `fragment F${at} on Probe { a: child { ...F${at + 1} } b: child { ...F${at + 1} } }`).join('\n')}
  fragment F${levels} on Probe { name }`;

const ATTACKS: readonly { name: string; query: string; code: string }[] = [
  {
    name: '1,000 aliased mutations',
    query: `mutation { ${Array.from({ length: 1000 }, (_, at) => `a${at}: poke(input: ${input}) { __typename }`).join(' ')} }`,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    name: 'two mutations',
    query: `mutation { a: poke(input: ${input}) { __typename } b: poke(input: ${input}) { __typename } }`,
    code: 'ONE_MUTATION_PER_REQUEST',
  },
  { name: 'a list query of 111,110 nodes', query: `{ probe { ${nested('children(first: 10)', 5)} } }`, code: 'QUERY_TOO_COSTLY' },
  {
    name: 'a list query of 10,000 nodes by variables',
    query: `query Q($n: Int = 100) { probe { ${nested('children(first: $n)', 2)} } }`,
    code: 'QUERY_TOO_COSTLY',
  },
  { name: 'a fragment bomb', query: bomb(9), code: 'QUERY_TOO_DEEP' },
  { name: 'a fragment bomb in a row', query: bomb(25), code: 'TOO_MANY_ALIASES' },
  {
    name: 'a cycle of fragments',
    query: '{ probe { ...A } } fragment A on Probe { child { ...B } } fragment B on Probe { child { ...A } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    name: '101 aliases',
    query: `{ probe { ${Array.from({ length: 101 }, (_, at) => `a${at}: name`).join(' ')} } }`,
    code: 'TOO_MANY_ALIASES',
  },
  { name: 'depth 11', query: `{ ${nested('probe', 1, nested('child', 9, nested('child', 1)))} }`, code: 'QUERY_TOO_DEEP' },
  { name: 'a page of 101', query: '{ probe { children(first: 101) { name } } }', code: 'PAGE_SIZE_INVALID' },
  { name: 'ten thousand tokens', query: `{ probe { ${'name '.repeat(10_000)} } }`, code: 'GRAPHQL_PARSE_FAILED' },
];

describe('over HTTP', () => {
  it.each(ATTACKS)('$name is refused with 400 and $code before anything runs', async ({ query, code }) => {
    const answer = await house.graphql(query, { token: ana });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code, requestId: expect.any(String) as string });
    expect(answer.body.data).toBeUndefined();
    expect(executed).toEqual([]);
  });

  it('lets an honest question through', async () => {
    const answer = await house.graphql(`{ probe { ${nested('children(first: 10)', 2)} } }`, { token: ana });
    expect(answer.status).toBe(200);
    expect(executed.length).toBeGreaterThan(10);
  });

  it('refuses a body of 1.5 MB with 413', async () => {
    const answer = await post(`${house.url}/graphql`, { query: '{ probe { name } }', variables: { pad: 'x'.repeat(1_500_000) } });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'BODY_TOO_LARGE', requestId: expect.any(String) as string });
    expect(executed).toEqual([]);
  });

  it('refuses a batch', async () => {
    const answer = await post(`${house.url}/graphql`, [{ query: '{ probe { name } }' }, { query: '{ probe { name } }' }]);
    expect(answer.status).toBe(400);
    expect(executed).toEqual([]);
  });

  it('refuses what a foreign page could send (CSRF), and mutations by GET', async () => {
    const simple = await fetch(`${house.url}/graphql?query=${encodeURIComponent('{ probe { name } }')}`);
    expect(simple.status).toBe(400);
    const mutation = `${house.url}/graphql?query=${encodeURIComponent(`mutation { poke(input: ${input}) { __typename } }`)}`;
    const get = await fetch(mutation, { headers: { 'apollo-require-preflight': '1', authorization: `Bearer ${ana}` } });
    expect(get.status).toBe(405);
    expect(executed).toEqual([]);
  });

  it('suggests no names', async () => {
    const answer = await house.graphql('{ prob { name } }');
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).not.toMatch(/did you mean|probe/i);
  });

  it('has no introspection in production mode', async () => {
    const strict = await openProbeHouse({ IMPRIMATUR_MODE: 'production' });
    try {
      expect((await strict.graphql('{ __schema { types { name } } }')).status).toBe(400);
      expect((await house.graphql('{ __schema { types { name } } }')).status).toBe(200);
      expect((await fetch(`${strict.url}/graphiql`)).status).toBe(404);
    } finally {
      await strict.close();
    }
  });
});

const isClosing = (error: unknown): error is { code: number } =>
  typeof error === 'object' && error !== null && 'wasClean' in error && 'code' in error;

describe('over the socket', () => {
  let client: Client;
  beforeEach(() => {
    client = createClient({
      url: `${house.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${ana}` },
      retryAttempts: 0,
    });
  });
  afterEach(async () => client.dispose());

  async function collect(query: string, by = client): Promise<unknown[]> {
    const values: unknown[] = [];
    try {
      for await (const value of by.iterate({ query })) values.push(value);
    } catch (error) {
      values.push(isClosing(error) ? { closed: error.code } : error);
    }
    return JSON.parse(JSON.stringify(values)) as unknown[];
  }

  it('carries subscriptions', async () => {
    const values = await collect('subscription { probed(times: 3) { name } }');
    expect(values).toEqual(['p0', 'p1', 'p2'].map((name) => ({ data: { probed: { name } } })));
  });

  it.each([
    ['depth 11', `subscription { openlyProbed { ${nested('child', 10)} } }`, 'QUERY_TOO_DEEP'],
    ['111,110 nodes', `subscription { openlyProbed { ${nested('children(first: 10)', 5)} } }`, 'QUERY_TOO_COSTLY'],
    [
      '101 aliases',
      `subscription { openlyProbed { ${Array.from({ length: 101 }, (_, at) => `a${at}: name`).join(' ')} } }`,
      'TOO_MANY_ALIASES',
    ],
    ['a query', '{ probe { name } }', 'BAD_REQUEST'],
    ['a mutation', `mutation { poke(input: ${input}) { __typename } }`, 'BAD_REQUEST'],
  ])('refuses %s before anything runs', async (_name, query, code) => {
    expect(await collect(query)).toMatchObject([[{ extensions: { code } }]]);
    expect(executed).toEqual([]);
  });

  it('refuses ten thousand tokens and unknown fields, without suggestions', async () => {
    const values = [
      ...(await collect(`subscription { openlyProbed { ${'name '.repeat(10_000)} } }`)),
      ...(await collect('subscription { openlyProbe { name } }')),
    ];
    expect(values).toHaveLength(2);
    expect(JSON.stringify(values)).not.toMatch(/did you mean|openlyProbed/i);
    expect(executed).toEqual([]);
  });

  it('closes on a message of 1.5 MB', async () => {
    const values = await collect(`subscription { openlyProbed { name } } # ${'x'.repeat(1_500_000)}`);
    expect(values).toMatchObject([{ closed: 1009 }]);
    expect(executed).toEqual([]);
  });

  it('lets strangers have what is public and nothing else', async () => {
    const stranger = createClient({ url: `${house.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
    expect(await collect('subscription { openlyProbed { name } }', stranger)).toEqual([{ data: { openlyProbed: { name: 'open' } } }]);
    expect(await collect('subscription { probed(times: 1) { name } }', stranger)).toMatchObject([
      [{ extensions: { code: 'UNAUTHENTICATED' } }],
    ]);
    await stranger.dispose();
  });

  it('closes on bad credentials, and refuses by role', async () => {
    const forged = createClient({
      url: `${house.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer x.y.z' },
      retryAttempts: 0,
    });
    expect(await collect('subscription { openlyProbed { name } }', forged)).toMatchObject([{ closed: 4403 }]);
    await forged.dispose();
    const tom = createClient({
      url: `${house.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${await house.signIn('tom')}` },
      retryAttempts: 0,
    });
    expect(await collect('subscription { probed(times: 1) { name } }', tom)).toMatchObject([[{ extensions: { code: 'FORBIDDEN' } }]]);
    await tom.dispose();
  });
});
