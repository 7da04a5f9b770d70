import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { executed, openProbeHouse, post, type ProbeHouse } from './probe.house';

let house: ProbeHouse;
beforeAll(async () => {
  house = await openProbeHouse();
});
afterAll(async () => house.close());

const POKE =
  'mutation P($input: PokeInput!) { poke(input: $input) { __typename ... on PokeSuccess { id } ... on Refused { code message remedy } } }';

describe('signing in', () => {
  it('makes each person of the demonstration tenant somebody else', async () => {
    const viewer = '{ viewer { id ref displayName roles tenant { id name } } }';
    const ana = await house.graphql(viewer, { token: await house.signIn('ana') });
    const ben = await house.graphql(viewer, { token: await house.signIn('ben') });
    expect(ana.body.data).toMatchObject({ viewer: { displayName: 'Ana', roles: ['CREATOR'], tenant: { name: 'demo' } } });
    expect(ben.body.data).toMatchObject({ viewer: { displayName: 'Ben', roles: ['APPROVER'] } });
    expect(ana.body.data?.['viewer']).not.toEqual(ben.body.data?.['viewer']);
  });

  it('keeps its key to itself', () => {
    expect(statSync(join(house.home, 'keys/development-sign-in.json')).mode & 0o777).toBe(0o600);
  });

  it('knows nobody else', async () => {
    expect((await post(`${house.url}/auth/development`, { person: 'mallory' })).status).toBe(404);
    expect((await post(`${house.url}/auth/development`, {})).status).toBe(404);
  });

  it('is not there outside development mode', async () => {
    const strict = await openProbeHouse({ IMPRIMATUR_MODE: 'production' });
    try {
      expect((await post(`${strict.url}/auth/development`, { person: 'ana' })).status).toBe(404);
      const answer = await strict.graphql('{ viewer { ref } }', { token: await house.signIn('ana') });
      expect(answer.status).toBe(401);
    } finally {
      await strict.close();
    }
  });

  it.each(['Bearer', 'Bearer x', 'Basic YTpi', 'Bearer imp_unknown', 'Bearer a.b.c', 'Bearer a b'])(
    'refuses "%s" even where nothing is needed',
    async (authorization) => {
      const answer = await house.graphql('{ probe { name } }', { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', requestId: expect.any(String) as string });
    },
  );

  it('opens the door to an API key as far as its scopes reach', async () => {
    const tom = await house.signIn('tom');
    const create = `mutation { createApiKey(input: { idempotencyKey: "k1", name: "ci", roles: [CREATOR], scopes: ["read:Viewer"] }) {
      ... on CreateApiKeySuccess { secret apiKey { id scopes } } } }`;
    const first = await house.graphql(create, { token: tom });
    const { secret, apiKey } = first.body.data?.['createApiKey'] as { secret: string; apiKey: { id: string } };
    const repeated = await house.graphql(create, { token: tom });
    expect(repeated.body.data).toEqual({ createApiKey: { secret: null, apiKey: { id: apiKey.id, scopes: ['read:Viewer'] } } });
    expect((await house.graphql('{ viewer { roles } }', { token: secret })).body.data).toEqual({ viewer: { roles: ['CREATOR'] } });
    const beyond = await house.graphql(POKE, { token: secret, variables: { input: { idempotencyKey: 'k' } } });
    expect(beyond.body.data).toMatchObject({ poke: { code: 'FORBIDDEN', remedy: expect.stringContaining('submit:Turn') as string } });
    await house.graphql(`mutation { revokeApiKey(input: { idempotencyKey: "k2", apiKey: "${apiKey.id}" }) { __typename } }`, {
      token: tom,
    });
    expect((await house.graphql('{ viewer { roles } }', { token: secret })).status).toBe(401);
    expect(house.log.join('')).not.toContain(secret);
  });
});

describe('the guard', () => {
  it('answers 401 to strangers and 403 to the wrong role, before anything runs, and writes the denial down', async () => {
    executed.length = 0;
    expect((await house.graphql('{ secretProbe { name } }')).status).toBe(401);
    const creator = await house.graphql('{ probe { name } secretProbe { name } }', { token: await house.signIn('ana') });
    expect(creator.status).toBe(403);
    expect(creator.body.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(executed).toEqual([]);
    expect(house.log.some((line) => line.includes('"denied"') && line.includes('secretProbe'))).toBe(true);
    expect((await house.graphql('{ secretProbe { name } }', { token: await house.signIn('ben') })).body.data).toEqual({
      secretProbe: { name: 'secret' },
    });
  });

  it('answers with a refusal where the operation has one', async () => {
    const answer = await house.graphql(POKE, { token: await house.signIn('axel'), variables: { input: { idempotencyKey: 'k' } } });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({ poke: { __typename: 'Refused', code: 'FORBIDDEN' } });
  });
});

describe('REST routes', () => {
  const get = (path: string, token?: string) => fetch(house.url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });

  it('are guarded by role like operations', async () => {
    expect((await get('/probe/decided')).status).toBe(401);
    const creator = await get('/probe/decided', await house.signIn('ana'));
    expect(creator.status).toBe(403);
    expect(await creator.json()).toMatchObject({
      code: 'FORBIDDEN',
      remedy: expect.any(String) as string,
      requestId: expect.any(String) as string,
    });
    expect(await (await get('/probe/decided', await house.signIn('ben'))).json()).toEqual({ roles: ['approver'] });
  });

  it('answer refusals as such, and failures without leaks', async () => {
    const refused = await get('/probe/refused', await house.signIn('ana'));
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: 'POKE_REFUSED', message: 'Not now.', remedy: 'Poke later.' });
    const broken = await get('/probe/broken');
    expect(broken.status).toBe(500);
    expect(JSON.stringify(await broken.json())).not.toContain('hunter2');
  });

  it('keep the service from starting while one is unmarked', async () => {
    @Controller('bare')
    class BareController {
      @Get()
      bare(): string {
        return 'open to all';
      }
    }
    @Module({ controllers: [BareController] })
    class BareModule {}
    await expect(openProbeHouse({}, [BareModule])).rejects.toThrow(/BareController\.bare/);
  });
});

describe('mutations', () => {
  it('find their first answer, refusals too', async () => {
    const token = await house.signIn('ana');
    const ask = (input: object) => house.graphql(POKE, { token, variables: { input } });
    const first = await ask({ idempotencyKey: 'once', at: '2026-01-01T00:00:00Z' });
    expect((await ask({ idempotencyKey: 'once', at: '2026-01-01T00:00:00Z' })).body).toEqual(first.body);
    expect((await ask({ idempotencyKey: 'once' })).body.data).toMatchObject({ poke: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    const refused = await ask({ idempotencyKey: 'no', refuse: true });
    expect(refused.body.data).toEqual({
      poke: { __typename: 'Refused', code: 'POKE_REFUSED', message: 'Not now.', remedy: 'Poke later.' },
    });
    expect((await ask({ idempotencyKey: 'no', refuse: true })).body).toEqual(refused.body);
  });

  it('understand times', async () => {
    const token = await house.signIn('ana');
    const wrong = await house.graphql(POKE, { token, variables: { input: { idempotencyKey: 't', at: 'yesterday' } } });
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(wrong.body)).toContain('RFC 3339');
  });
});

describe('failures', () => {
  it.each([
    ['bug', 'INTERNAL', /hunter2|select/],
    ['fault', 'PROBE_BROKEN', /sk-123/],
  ])('of kind %s leave code and request id, and the rest in one log line', async (how, code, secret) => {
    const before = house.log.length;
    const answer = await house.graphql(`{ probe { fails(how: "${how}") } }`, { headers: { 'x-request-id': `request-${how}` } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-request-id')).toBe(`request-${how}`);
    expect(answer.body.errors?.[0]?.extensions).toEqual({ code, retryable: false, requestId: `request-${how}` });
    expect(JSON.stringify(answer.body)).not.toMatch(secret);
    const lines = house.log.slice(before).filter((line) => line.includes('operation failed'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`request-${how}`);
    if (how === 'fault') expect(lines[0]).toContain('root cause');
  });

  it('say that a full database is worth another try', async () => {
    const answer = await house.graphql('{ probe { fails(how: "full") } }');
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
  });

  it('of JSON are 400', async () => {
    const answer = await fetch(`${house.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query": ',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('connections and nodes', () => {
  const MEMBERS =
    'query M($first: Int, $after: String) { members(first: $first, after: $after) { edges { cursor node { id displayName } } pageInfo { hasNextPage endCursor } } }';
  interface Members {
    members: { edges: { node: { id: string; displayName: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  }

  it('walk every page once', async () => {
    const token = await house.signIn('tom');
    const names: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 10; pages += 1) {
      const answer = await house.graphql(MEMBERS, { token, variables: { first: 3, after } });
      const { edges, pageInfo } = (answer.body.data as unknown as Members).members;
      names.push(...edges.map(({ node }) => node.displayName));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(names).toEqual(['Ana', 'Ben', 'Lea', 'Pia', 'Axel', 'Tom', 'Demo service']);
  });

  it('refuse a cursor that is not theirs', async () => {
    const answer = await house.graphql(MEMBERS, { token: await house.signIn('tom'), variables: { first: 3, after: 'eA' } });
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('open a node to who may see it, and are null to everybody else', async () => {
    const tom = await house.signIn('tom');
    const found = await house.graphql(MEMBERS, { token: tom, variables: { first: 1 } });
    const id = (found.body.data as unknown as Members).members.edges[0]?.node.id;
    const node = `{ node(id: "${id}") { __typename id ... on Member { displayName } } }`;
    expect((await house.graphql(node, { token: tom })).body.data).toEqual({ node: { __typename: 'Member', id, displayName: 'Ana' } });
    expect((await house.graphql(node, { token: await house.signIn('ana') })).body.data).toEqual({ node: null });
    expect((await house.graphql('{ node(id: "nonsense") { id } }', { token: tom })).body.data).toEqual({ node: null });
  });
});

describe('the allowance', () => {
  it('is published, and ends in 429', async () => {
    const { body } = await house.graphql('{ rateLimit { cost costMax limit remaining resetAt } probe { name } }');
    const { rateLimit } = body.data as { rateLimit: { cost: number; costMax: number; limit: number; remaining: number; resetAt: string } };
    expect(rateLimit).toMatchObject({ cost: 2, costMax: 5000, limit: 20_000 });
    expect(rateLimit.remaining).toBeLessThan(20_000);
    expect(new Date(rateLimit.resetAt).getTime()).toBeGreaterThan(Date.now());
    const dear = '{ probe { children(first: 60) { children(first: 80) { name } } } }';
    const statuses: number[] = [];
    for (let at = 0; at < 6; at += 1) statuses.push((await house.graphql(dear)).status);
    expect(statuses).toContain(200);
    expect(statuses.at(-1)).toBe(429);
    const last = await house.graphql('{ probe { name } rateLimit { remaining } probe { child { name } } }');
    expect([200, 429]).toContain(last.status);
    const refused = await house.graphql(dear);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await house.graphql('{ viewer { ref } }', { token: await house.signIn('ana') })).status).toBe(200);
  });
});

describe('the shell', () => {
  it('tells health, readiness and numbers', async () => {
    expect(await (await fetch(`${house.url}/healthz`)).json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${house.url}/readyz`);
    expect(await ready.json()).toEqual({ status: 'ok', checks: { database: 'ok', migrations: 'ok' } });
    const metrics = await (await fetch(`${house.url}/metrics`)).text();
    expect(metrics).toMatch(/imprimatur_graphql_operations_total\{operation="viewer",kind="query",outcome="answered"\} \d+/);
    expect(metrics).toMatch(/imprimatur_http_request_duration_seconds_count\{method="POST",route="\/graphql",status="200"\} \d+/);
  });

  it('is not ready while a migration is missing', async () => {
    const [gone] = await house.database.asAdmin<{ name: string }>(
      `delete from schema_migration where name like 'CreateRateLimit%' returning name`,
    );
    const ready = await fetch(`${house.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { migrations: expect.stringContaining('1 missing') as string } });
    await house.database.asAdmin(`insert into schema_migration (timestamp, name) values (20261123092700, $1)`, [gone?.name]);
  });

  it('shows a page with the people to sign in as, in development only', async () => {
    const page = await fetch(house.url);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html).toContain('GraphiQL as ana');
    expect(html).not.toMatch(/<!--[A-Z]|https?:\/\/(?!127)/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('serves GraphiQL without a foreign host', async () => {
    const html = await (await fetch(`${house.url}/graphiql`)).text();
    const pieces = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of [...pieces, '/graphiql/editor.worker.js', '/graphiql/json.worker.js', '/graphiql/graphql.worker.js']) {
      const answer = await fetch(new URL(piece, house.url));
      expect(answer.status).toBe(200);
      expect((await answer.text()).length).toBeGreaterThan(100);
    }
    expect((await fetch(`${house.url}/graphiql/nothing.js`)).status).toBe(404);
  });

  it('sets the headers that browsers need on everything', async () => {
    for (const path of ['/', '/healthz', '/nothing', '/graphiql']) {
      const { headers } = await fetch(house.url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('x-request-id')).toMatch(/^[\w.-]{8,64}$/);
    }
  });

  it('answers an unknown route like any refusal', async () => {
    const answer = await fetch(`${house.url}/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND', requestId: expect.any(String) as string });
  });
});
