import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, systemContext } from '@imprimatur/kernel';
import { createDataSource, type EmbeddedPostgres, prepareDatabase, startEmbeddedPostgres, UnitOfWork } from '@imprimatur/platform/database';
import { Client } from 'pg';

const logsIn = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
};

describe('preparing a database', () => {
  let dir: string;
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'imprimatur-prepare-'));
    server = await startEmbeddedPostgres({ dir, settings: ['fsync=off'] });
  });
  afterAll(() => {
    server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const passwordsFile = (): string => join(dir, 'home', 'roles.json');

  it('is safe with two starters on a fresh home, and keeps the passwords to their owner', async () => {
    const both = await Promise.all([1, 2].map(() => prepareDatabase(server.adminUrl, { passwordsFile: passwordsFile() })));
    expect(both[0]?.appUrl).toBe(both[1]?.appUrl);
    expect(await logsIn(both[0]?.appUrl ?? '')).toBe(true);
    expect(statSync(passwordsFile()).mode & 0o777).toBe(0o600);
  });

  it('makes the database that the URL names', async () => {
    const { appUrl } = await prepareDatabase(server.adminUrl.replace(/postgres$/, 'named_by_url'), { passwordsFile: passwordsFile() });
    expect(await logsIn(appUrl)).toBe(true);
  });

  it('does not take over the roles of another installation, unless the server is its own', async () => {
    const first = await prepareDatabase(server.adminUrl, { passwordsFile: passwordsFile() });
    const other = { passwordsFile: join(dir, 'other', 'roles.json'), database: 'other' };
    await expect(prepareDatabase(server.adminUrl, other)).rejects.toMatchObject({ code: 'DATABASE_ROLES_TAKEN', safe: true });
    expect(await logsIn(first.appUrl)).toBe(true);
    const taken = await prepareDatabase(server.adminUrl, { ...other, mayTakeOverRoles: true });
    expect([await logsIn(taken.appUrl), await logsIn(first.appUrl)]).toEqual([true, false]);
    await prepareDatabase(server.adminUrl, { passwordsFile: passwordsFile(), mayTakeOverRoles: true });
  });

  it('says what is wrong with a URL that cannot prepare', async () => {
    const { appUrl } = await prepareDatabase(server.adminUrl, { passwordsFile: passwordsFile() });
    await expect(
      prepareDatabase(server.adminUrl.replace(/:[^:@/]+@/, ':wrong@'), { passwordsFile: passwordsFile() }),
    ).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    const admin = new Client({ connectionString: server.adminUrl });
    await admin.connect();
    await admin.query('drop database if exists named_by_url with (force)');
    await admin.end();
    await expect(prepareDatabase(appUrl, { passwordsFile: join(dir, 'third', 'roles.json') })).rejects.toMatchObject({
      code: 'DATABASE_ROLES_TAKEN',
    });
  });

  it('refuses a service role that row-level security does not bind', async () => {
    const { migratorUrl } = await prepareDatabase(server.adminUrl, { passwordsFile: passwordsFile() });
    for (const url of [server.adminUrl, migratorUrl]) {
      await expect(createDataSource(url, { poolMax: 1, applicationName: 'test' })).rejects.toMatchObject({
        code: 'DATABASE_ROLE_TOO_MIGHTY',
      });
    }
  });

  it('answers a lost connection as unavailable, to be tried again', async () => {
    const { appUrl } = await prepareDatabase(server.adminUrl, { passwordsFile: passwordsFile() });
    const source = await createDataSource(appUrl, { poolMax: 1, applicationName: 'test' });
    const context = systemContext(newId('tenant'), 'test');
    const cut = new UnitOfWork(source).read(context, ({ manager }) => manager.query('select pg_terminate_backend(pg_backend_pid())'));
    await expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
    await source.destroy();
  });
});
