import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiKeyService,
  DEMONSTRATORS,
  DemonstrationService,
  DEVELOPMENT_ISSUER,
  IdentityModule,
  IdentityService,
  MemberService,
  TenantService,
} from '@imprimatur/domain/identity';
import { type Context, newId, type Result, type Role, type SubjectId } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule, UnitOfWork } from '@imprimatur/platform/database';
import type { INestApplicationContext } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createTestDatabase, type TestDatabase } from '../../support/database';

const home = mkdtempSync(join(tmpdir(), 'imprimatur-identity-'));
let database: TestDatabase;
let app: INestApplicationContext;
let unitOfWork: UnitOfWork;

beforeAll(async () => {
  process.env.IMPRIMATUR_HOME = home;
  database = await createTestDatabase();
  @Module({ imports: [DatabaseModule.forRoot(loadConfig({ DATABASE_URL: database.appUrl }), 'test'), IdentityModule] })
  class House {}
  app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  unitOfWork = app.get(UnitOfWork);
  await app.get(DemonstrationService).bootstrap(async () => undefined);
});

afterAll(async () => {
  await app.close();
  await database.close();
  rmSync(home, { recursive: true, force: true });
});

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

async function as(person: string): Promise<Context> {
  const [principal] = await app.get(IdentityService).principalsOf({ issuer: DEVELOPMENT_ISSUER, sub: person });
  if (!principal) throw new Error(`no ${person}`);
  return { tenant: principal.tenant, actor: principal.actor, requestId: 'test' };
}

/** Rows that the app role sees with these settings and no tenant. */
async function seen(table: string, settings: Readonly<Record<string, string>>): Promise<number> {
  return database.dataSource.transaction(async (manager) => {
    for (const [name, value] of Object.entries(settings)) await manager.query(`select set_config($1, $2, true)`, [name, value]);
    const rows = await manager.query<{ n: number }[]>(`select count(*)::int as n from ${table}`);
    return rows[0]?.n ?? -1;
  });
}

describe('the demonstration tenant', () => {
  it('has people of their own, each with one role, and a service', async () => {
    const tenants = new Set<string>();
    for (const { person, kind, roles } of DEMONSTRATORS) {
      const context = await as(person);
      expect(context.actor).toMatchObject({ kind, roles });
      tenants.add(context.tenant);
    }
    expect(tenants.size).toBe(1);
  });

  it('is made once, however often and by however many at once', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => app.get(DemonstrationService).bootstrap(async () => undefined)));
    expect(made).toEqual([false, false, false, false]);
    const other = await createTestDatabase();
    try {
      @Module({ imports: [DatabaseModule.forRoot(loadConfig({ DATABASE_URL: other.appUrl }), 'test'), IdentityModule] })
      class Empty {}
      const fresh = await NestFactory.createApplicationContext(Empty, { logger: false, abortOnError: false });
      const first = await Promise.all([1, 2, 3].map(() => fresh.get(DemonstrationService).bootstrap(async () => undefined)));
      await fresh.close();
      expect(first.filter(Boolean)).toHaveLength(1);
      expect(await other.asAdmin('select count(*)::int as n from tenant')).toEqual([{ n: 1 }]);
    } finally {
      await other.close();
    }
  });
});

describe('API keys', () => {
  const wish = { name: 'importer', roles: ['integrator'] as Role[], scopes: ['submit:Turn'], expiresAt: null as Date | null };
  const create = async (change: Partial<typeof wish> = {}, person = 'tom') => {
    const context = await as(person);
    return unitOfWork.write(context, (write) => app.get(ApiKeyService).create(write, { ...wish, ...change }));
  };

  it('open the door as a service of their own, with roles and scopes', async () => {
    const { key, secret } = valueOf(await create());
    expect(secret).toMatch(/^imp_[\w-]{43}$/);
    expect(await app.get(IdentityService).principalOfKey(secret)).toMatchObject({
      actor: { kind: 'service', subject: key.subject, roles: ['integrator'] },
      scopes: ['submit:Turn'],
    });
    expect(await app.get(IdentityService).principalOfKey(`${secret.slice(0, -1)}?`)).toBeNull();
    const stored = await database.asAdmin<{ text: string }>(`select api_key::text as text from api_key where id = $1`, [key.id]);
    expect(stored[0]?.text).not.toContain(secret.slice(4));
  });

  it('end when they are revoked, and stay revoked', async () => {
    const { key, secret } = valueOf(await create());
    const tom = await as('tom');
    const revoked = valueOf(await unitOfWork.write(tom, (write) => app.get(ApiKeyService).revoke(write, key.id)));
    expect(await app.get(IdentityService).principalOfKey(secret)).toBeNull();
    const again = valueOf(await unitOfWork.write(tom, (write) => app.get(ApiKeyService).revoke(write, key.id)));
    expect(again.revokedAt).toEqual(revoked.revokedAt);
  });

  it('end at their time', async () => {
    const { key, secret } = valueOf(await create({ expiresAt: new Date(Date.now() + 60_000) }));
    expect(await app.get(IdentityService).principalOfKey(secret)).not.toBeNull();
    await database.asAdmin(`update api_key set expires_at = now() where id = $1`, [key.id]);
    expect(await app.get(IdentityService).principalOfKey(secret)).toBeNull();
  });

  it('are refused with the reason', async () => {
    expect(await create({ scopes: ['fly:Turn'] })).toMatchObject({ refusal: { code: 'SCOPE_INVALID' } });
    expect(await create({ roles: ['operator'] })).toMatchObject({ refusal: { code: 'ROLE_NOT_GRANTABLE' } });
    expect(await create({ expiresAt: new Date(0) })).toMatchObject({ refusal: { code: 'EXPIRY_INVALID' } });
    expect(await create({ name: ' ' })).toMatchObject({ refusal: { code: 'NAME_INVALID' } });
    expect(await create({}, 'ana')).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
  });

  it('are found before the tenant is known by their hash and by nothing else', async () => {
    const { key } = valueOf(await create());
    const [row] = await database.asAdmin<{ hash: string }>(`select encode(hash, 'hex') as hash from api_key where id = $1`, [key.id]);
    expect(await seen('api_key', {})).toBe(0);
    expect(await seen('api_key', { 'app.key_lookup': 'ab'.repeat(32) })).toBe(0);
    expect(await seen('api_key', { 'app.key_lookup': row?.hash ?? '' })).toBe(1);
    expect(await seen('external_identity', { 'app.identity_issuer': DEVELOPMENT_ISSUER })).toBe(0);
    expect(await seen('external_identity', { 'app.identity_issuer': DEVELOPMENT_ISSUER, 'app.identity_sub': 'ana' })).toBe(1);
    for (const table of ['tenant', 'subject', 'member']) expect(await seen(table, {})).toBe(0);
  });
});

describe('members', () => {
  const add = async (sub: string, roles: Role[]) => {
    const context = await as('tom');
    const member = { displayName: sub, kind: 'person' as const, identity: { issuer: 'https://idp.example', sub }, roles };
    return unitOfWork.write(context, (write) => app.get(MemberService).add(write, member));
  };

  it('are added by the administrator, once', async () => {
    expect(await add('nora', ['approver'])).toMatchObject({ ok: true });
    expect(await add('nora', ['approver'])).toMatchObject({ refusal: { code: 'IDENTITY_TAKEN' } });
    expect(await add('olga', ['operator'])).toMatchObject({ refusal: { code: 'ROLE_NOT_GRANTABLE' } });
    expect(await app.get(IdentityService).principalsOf({ issuer: 'https://idp.example', sub: 'nora' })).toMatchObject([
      { actor: { roles: ['approver'] } },
    ]);
    expect(await app.get(IdentityService).principalsOf({ issuer: 'https://other.example', sub: 'nora' })).toEqual([]);
  });

  it('get and lose roles at once; the last administrator stays', async () => {
    const tom = await as('tom');
    const { subject } = valueOf(await add('pia2', ['creator']));
    const members = app.get(MemberService);
    const change = (id: SubjectId, action: 'grantRole' | 'revokeRole', role: Role) =>
      unitOfWork.write(tom, (write) => members[action](write, id, role));
    expect(valueOf(await change(subject.id, 'grantRole', 'approver')).roles).toEqual(['creator', 'approver']);
    expect(valueOf(await change(subject.id, 'revokeRole', 'creator')).roles).toEqual(['approver']);
    const self = tom.actor.subject as SubjectId;
    expect(await change(self, 'revokeRole', 'tenant-admin')).toMatchObject({ refusal: { code: 'LAST_ADMINISTRATOR' } });
    await change(subject.id, 'grantRole', 'tenant-admin');
    const both = await Promise.all([change(self, 'revokeRole', 'tenant-admin'), change(subject.id, 'revokeRole', 'tenant-admin')]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    await database.asAdmin(`update member set roles = array['tenant-admin'] where id = $1`, [self]);
  });

  it('of another tenant are as if absent', async () => {
    const tom = await as('tom');
    const elsewhere = { ...tom, tenant: newId('tenant') };
    const found = await unitOfWork.read(elsewhere, (read) => app.get(MemberService).find(read, tom.actor.subject as SubjectId));
    expect(found).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
  });
});

describe('the ledger', () => {
  it('tells of every change of who may do what, with pseudonyms and no names', async () => {
    const types = await database.asAdmin<{ type: string }>(`select distinct type from ledger_entry order by type`);
    expect(types.map(({ type }) => type)).toEqual([
      'key.created',
      'key.revoked',
      'member.added',
      'role.granted',
      'role.revoked',
      'tenant.created',
    ]);
    const entries = await database.asAdmin<{ text: string }>(`select convert_from(bytes, 'UTF8') as text from ledger_entry`);
    const told = entries.map(({ text }) => text).join();
    expect(told).toContain((await as('ana')).actor.ref);
    expect(told).not.toMatch(/Ana|Ben|nora|importer|idp\.example/);
  });

  it('has no event of what was refused', async () => {
    const count = async (): Promise<unknown> => database.asAdmin(`select count(*) from ledger_entry`);
    const before = await count();
    const ana = await as('ana');
    await unitOfWork.write(ana, (write) => app.get(ApiKeyService).create(write, { name: 'x', roles: [], scopes: [], expiresAt: null }));
    expect(await count()).toEqual(before);
  });
});

describe('tenants', () => {
  it('are made by operators, with an administrator who can sign in, and stay closed to the operator', async () => {
    const ana = await as('ana');
    const operator: Context = { ...ana, actor: { ...ana.actor, roles: ['operator'] } };
    const wish = { name: 'second', administrator: { displayName: 'Zoe', identity: { issuer: 'https://idp.example', sub: 'zoe' } } };
    const tenants = app.get(TenantService);
    expect(await unitOfWork.write(ana, (write) => tenants.create(write, wish, async () => undefined))).toMatchObject({
      refusal: { code: 'FORBIDDEN' },
    });
    const made = valueOf(await unitOfWork.write(operator, (write) => tenants.create(write, wish, async () => undefined)));
    expect(await app.get(IdentityService).principalsOf({ issuer: 'https://idp.example', sub: 'zoe' })).toMatchObject([
      { tenant: made.id, actor: { roles: ['tenant-admin'] } },
    ]);
    expect(valueOf(await unitOfWork.read(operator, (read) => tenants.current(read))).name).toBe('demo');
  });

  it('gives one person a pseudonym per tenant, so that two ledgers do not tell that it is one', async () => {
    const ana = await as('ana');
    const operator: Context = { ...ana, actor: { ...ana.actor, roles: ['operator'] } };
    const identity = { issuer: 'https://idp.example', sub: 'both' };
    for (const name of ['third', 'fourth']) {
      await unitOfWork.write(operator, (write) =>
        app.get(TenantService).create(write, { name, administrator: { displayName: 'B', identity } }, async () => undefined),
      );
    }
    const principals = await app.get(IdentityService).principalsOf(identity);
    expect(new Set(principals.map(({ tenant }) => tenant)).size).toBe(2);
    expect(new Set(principals.map(({ actor }) => actor.ref)).size).toBe(2);
  });
});
