import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { keyLock } from '@imprimatur/domain/ledger';
import { newId, type TenantId, utf8 } from '@imprimatur/kernel';
import { Pkcs11KeyProvider } from '@imprimatur/platform/keys';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { describeKeyProvider } from './key-provider.contract';
import { makeToken, missingForTokens, type Token } from './token';

const missing = missingForTokens();

interface Wrapped {
  readonly keyId: string;
  readonly bytes: string;
}

function heard<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}`)));
  });
}

function keysOfLabel(token: Token, label: string): Promise<{ count: number; extractable: boolean[]; sensitive: boolean[] }> {
  return heard(
    fork(join(__dirname, 'keys-of-label.cjs'), [
      createRequire(__filename).resolve('pkcs11js'),
      token.library,
      token.token,
      token.pin,
      label,
    ]),
  );
}

if (missing !== null) {
  it.skip(`PKCS#11 is not tested here: ${missing}`, () => undefined);
} else {
  const token = makeToken('imprimatur test');
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  describeKeyProvider('a PKCS#11 token', async () => ({
    open: () => new Pkcs11KeyProvider(token, keyLock(database.appUrl)),
    makesGenerations: true,
    unknownKeyId: `pkcs11:token=imprimatur%20test;object=imprimatur%2F${newId('tenant')}%2F1;id=%00%11%22%33%44%55%66%77`,
    close: async () => undefined,
  }));

  describe('keys in the token', () => {
    it('cannot be taken out', async () => {
      const keys = new Pkcs11KeyProvider(token, keyLock(database.appUrl));
      const tenant = newId('tenant');
      await keys.wrap(tenant, new Uint8Array(32), utf8('x'));
      expect(await keysOfLabel(token, `imprimatur/${tenant}/1`)).toEqual({ count: 1, extractable: [false], sensitive: [true] });
      await keys.close();
    });

    it('are made once by two processes that need them at the same moment', async () => {
      const tenants: TenantId[] = Array.from({ length: 6 }, () => newId('tenant'));
      const children = [0, 1].map(() => fork(join(__dirname, 'first-use.cjs')));
      const settings = { library: token.library, token: token.token, pin: token.pin };
      for (const child of children) child.send({ settings, databaseUrl: database.appUrl, tenants });
      await Promise.all(children.map((child) => heard(child)));
      const answers = children.map((child) => heard<Wrapped[]>(child));
      for (const child of children) child.send('go');
      const [a = [], b = []] = await Promise.all(answers);
      expect(a.map(({ keyId }) => keyId)).toEqual(b.map(({ keyId }) => keyId));
      const keys = new Pkcs11KeyProvider(token, keyLock(database.appUrl));
      for (const [at, tenant] of tenants.slice(1).entries()) {
        expect((await keysOfLabel(token, `imprimatur/${tenant}/1`)).count).toBe(1);
        for (const wrapped of [a[at], b[at]]) {
          const bytes = Buffer.from(wrapped?.bytes ?? '', 'base64');
          expect(await keys.unwrap(tenant, { keyId: wrapped?.keyId ?? '', bytes }, utf8('first use'))).toHaveLength(32);
        }
      }
      await keys.close();
    });

    it('are made one after the other in the whole token, whoever they are for', async () => {
      let held = 0;
      let most = 0;
      const names = new Set<string>();
      const lock = keyLock(database.appUrl);
      const keys = new Pkcs11KeyProvider(token, (name, work) =>
        lock(name, async () => {
          names.add(name);
          most = Math.max(most, (held += 1));
          return work().finally(() => (held -= 1));
        }),
      );
      await Promise.all([newId('tenant'), newId('tenant'), newId('tenant')].map((tenant) => keys.currentKeyId(tenant)));
      expect([...names]).toEqual(['pkcs11/imprimatur test']);
      expect(most).toBe(1);
      await keys.close();
    });

    it('of a token that is not there are unavailable for now, never plaintext', async () => {
      const keys = new Pkcs11KeyProvider({ ...token, token: 'another' }, keyLock(database.appUrl));
      await expect(keys.wrap(newId('tenant'), new Uint8Array(32), utf8('x'))).rejects.toMatchObject({
        code: 'KEY_PROVIDER_UNAVAILABLE',
        retryable: true,
      });
      await keys.close();
    });

    it('need a library that loads', async () => {
      const keys = new Pkcs11KeyProvider({ ...token, library: '/nowhere/libnothing.so' }, keyLock(database.appUrl));
      await expect(keys.wrap(newId('tenant'), new Uint8Array(32), utf8('x'))).rejects.toMatchObject({ code: 'KEY_PROVIDER_REFUSED' });
      await keys.close();
    });
  });
}
