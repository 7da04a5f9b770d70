import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MemberService } from '@imprimatur/domain/identity';
import { IdentityService, DEVELOPMENT_ISSUER, TenantService } from '@imprimatur/domain/identity';
import type { Context, Role } from '@imprimatur/kernel';
import { toPublicId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import Provider from 'oidc-provider';
import { openProbeHouse, type ProbeHouse } from './probe.house';

const AUDIENCE = 'imprimatur';
const CLIENTS = ['editor', 'stranger', 'both'];

/** The real oidc-provider, issuing JWT access tokens for our audience to clients that stand for people. */
class IdentityProvider {
  private constructor(
    readonly issuer: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<IdentityProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key: JWK = { ...(await exportJWK(privateKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    const provider = new Provider(issuer, {
      clients: CLIENTS.map((client_id) => ({
        client_id,
        client_secret: `${client_id}-secret`,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      jwks: { keys: [key] },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context: unknown, resource: string) => ({
            scope: '',
            audience: resource.replace('urn:', ''),
            accessTokenFormat: 'jwt',
            accessTokenTTL: resource === 'urn:short' ? 1 : 300,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    });
    server.on('request', provider.callback());
    return new IdentityProvider(issuer, server);
  }

  async token(client: string, resource = `urn:${AUDIENCE}`): Promise<string> {
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client}:${client}-secret`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
    });
    const body = (await answer.json()) as { access_token?: string };
    if (!body.access_token) throw new Error(JSON.stringify(body));
    return body.access_token;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let provider: IdentityProvider;
let house: ProbeHouse;

async function demoContext(roles: readonly Role[]): Promise<Context> {
  const [tom] = await house.app.get(IdentityService, { strict: false }).principalsOf({ issuer: DEVELOPMENT_ISSUER, sub: 'tom' });
  if (!tom) throw new Error('no tom');
  return { tenant: tom.tenant, actor: { ...tom.actor, roles }, requestId: 'test' };
}

beforeAll(async () => {
  provider = await IdentityProvider.start();
  house = await openProbeHouse({ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE });
  const unitOfWork = house.app.get(UnitOfWork);
  const admin = await demoContext(['tenant-admin', 'operator']);
  for (const sub of ['editor', 'both']) {
    const member = { displayName: sub, kind: 'person' as const, identity: { issuer: provider.issuer, sub }, roles: ['creator' as const] };
    await unitOfWork.write(admin, (write) => house.app.get(MemberService, { strict: false }).add(write, member));
  }
  const second = { name: 'second', administrator: { displayName: 'both', identity: { issuer: provider.issuer, sub: 'both' } } };
  await unitOfWork.write(admin, (write) => house.app.get(TenantService, { strict: false }).create(write, second, async () => undefined));
});
afterAll(async () => {
  await house.close();
  await provider.stop();
});

const VIEWER = '{ viewer { displayName roles tenant { id name } } }';

describe('a token of a real OpenID provider', () => {
  it('opens the door to a member', async () => {
    const answer = await house.graphql(VIEWER, { token: await provider.token('editor') });
    expect(answer.body).toMatchObject({ data: { viewer: { displayName: 'editor', roles: ['CREATOR'], tenant: { name: 'demo' } } } });
  });

  it('does not make a stranger a member', async () => {
    const answer = await house.graphql(VIEWER, { token: await provider.token('stranger') });
    expect(answer.status).toBe(403);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_A_MEMBER' });
  });

  it('of a member of two tenants needs to say which', async () => {
    const token = await provider.token('both');
    const unsaid = await house.graphql(VIEWER, { token });
    expect(unsaid.status).toBe(400);
    expect(unsaid.body.errors?.[0]?.extensions).toMatchObject({ code: 'TENANT_NEEDED' });
    const principals = await house.app.get(IdentityService, { strict: false }).principalsOf({ issuer: provider.issuer, sub: 'both' });
    const names = new Set<unknown>();
    for (const { tenant } of principals) {
      const said = await house.graphql(VIEWER, { token, headers: { 'x-imprimatur-tenant': toPublicId('tenant', tenant) } });
      names.add((said.body.data?.['viewer'] as { tenant: { name: string } }).tenant.name);
    }
    expect(names).toEqual(new Set(['demo', 'second']));
    const foreign = await house.graphql(VIEWER, {
      token,
      headers: { 'x-imprimatur-tenant': 'tenant_018f0000-0000-7000-8000-000000000000' },
    });
    expect(foreign.status).toBe(403);
  });

  it('for another audience is refused', async () => {
    expect((await house.graphql(VIEWER, { token: await provider.token('editor', 'urn:other') })).status).toBe(401);
  });

  it('that was changed is refused', async () => {
    const [head, payload, signature] = (await provider.token('editor')).split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'both' })).toString('base64url');
    expect((await house.graphql(VIEWER, { token: `${head}.${forged}.${signature}` })).status).toBe(401);
  });
});

describe('a token that nobody of ours signed', () => {
  const claims = { iss: '', sub: 'editor', aud: AUDIENCE };
  const now = Math.floor(Date.now() / 1000);

  it('without a signature is refused', async () => {
    const token = new UnsecuredJWT({ ...claims, iss: provider.issuer })
      .setIssuedAt(now)
      .setExpirationTime(now + 300)
      .encode();
    expect((await house.graphql(VIEWER, { token })).status).toBe(401);
  });

  it('with a shared secret made of public things is refused', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(await (await fetch(`${provider.issuer}/jwks`)).json()));
    const token = await new SignJWT({ ...claims, iss: provider.issuer })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setIssuedAt(now)
      .setExpirationTime(now + 300)
      .sign(secret);
    expect((await house.graphql(VIEWER, { token })).status).toBe(401);
  });

  it.each([
    ['another key', {}],
    ['another key, pretending to be the development sign-in', { iss: DEVELOPMENT_ISSUER, sub: 'tom' }],
  ])('with %s is refused', async (_name, change) => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT({ ...claims, iss: provider.issuer, ...change })
      .setProtectedHeader({ alg: 'ES256', kid: 'two' })
      .setIssuedAt(now)
      .setExpirationTime(now + 300)
      .sign(privateKey);
    expect((await house.graphql(VIEWER, { token })).status).toBe(401);
  });
});

describe('a provider that is away', () => {
  it('is a 503 for tokens and nothing for everybody else', async () => {
    const away = await openProbeHouse({ OIDC_ISSUER: 'http://127.0.0.1:9' });
    try {
      expect((await away.graphql(VIEWER, { token: await provider.token('editor') })).status).toBe(503);
      expect((await away.graphql(VIEWER, { token: await away.signIn('ana') })).status).toBe(200);
      expect((await away.graphql('{ probe { name } }')).status).toBe(200);
    } finally {
      await away.close();
    }
  });
});
