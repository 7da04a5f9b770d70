import { randomBytes } from 'node:crypto';
import { newId, utf8 } from '@imprimatur/kernel';
import type { KeyProvider } from '@imprimatur/platform/keys';

/** One store of keys, however many processes open it. */
export interface KeyHouse {
  /** A provider as a process of its own would have it. */
  open(): KeyProvider;
  /** Whether `rotate` makes a key, or the operator does. */
  readonly makesGenerations: boolean;
  /** A well-formed id of a key that is not there. */
  readonly unknownKeyId: string;
  close(): Promise<void>;
}

const associated = utf8('what it is bound to');

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

/** What every KeyProvider answers for. */
export function describeKeyProvider(name: string, build: () => Promise<KeyHouse>): void {
  describe(`${name} as a key provider`, () => {
    let house: KeyHouse;
    let keys: KeyProvider;
    const opened: KeyProvider[] = [];
    const open = (): KeyProvider => {
      const provider = house.open();
      opened.push(provider);
      return provider;
    };
    beforeAll(async () => {
      house = await build();
      keys = open();
    });
    afterAll(async () => {
      await Promise.all(opened.map((each) => each.close()));
      await house.close();
    });

    it('opens what it wrapped, of any length, and shows nothing of it', async () => {
      const tenant = newId('tenant');
      for (const length of [1, 32, 60, 200]) {
        const plain = randomBytes(length);
        const wrapped = await keys.wrap(tenant, plain, associated);
        expect(wrapped.keyId).toBe(await keys.currentKeyId(tenant));
        if (length >= 32) expect(Buffer.from(wrapped.bytes).includes(plain.subarray(0, 16))).toBe(false);
        expect(Buffer.from(await keys.unwrap(tenant, wrapped, associated))).toEqual(plain);
      }
    });

    it('wraps the same key differently each time', async () => {
      const tenant = newId('tenant');
      const plain = randomBytes(32);
      const [a, b] = [await keys.wrap(tenant, plain, associated), await keys.wrap(tenant, plain, associated)];
      expect(Buffer.from(a.bytes).equals(b.bytes)).toBe(false);
    });

    it('does not open for another tenant, nor with other associated data', async () => {
      const [tenant, other] = [newId('tenant'), newId('tenant')];
      const wrapped = await keys.wrap(tenant, randomBytes(32), associated);
      await keys.wrap(other, randomBytes(32), associated);
      expect(['SEAL_BROKEN', 'KEY_UNKNOWN']).toContain(await codeOf(keys.unwrap(other, wrapped, associated)));
      // also under the other's own key
      const foreign = { keyId: await keys.currentKeyId(other), bytes: wrapped.bytes };
      expect(await codeOf(keys.unwrap(other, foreign, associated))).toBe('SEAL_BROKEN');
      expect(await codeOf(keys.unwrap(tenant, wrapped, utf8('something else')))).toBe('SEAL_BROKEN');
      expect(await codeOf(keys.unwrap(tenant, wrapped, new Uint8Array()))).toBe('SEAL_BROKEN');
    });

    it('notices every changed byte, and what was cut or is empty', async () => {
      const tenant = newId('tenant');
      const wrapped = await keys.wrap(tenant, randomBytes(32), associated);
      for (let at = 0; at < wrapped.bytes.length; at += 1) {
        const bytes = Uint8Array.from(wrapped.bytes);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        expect([at, await codeOf(keys.unwrap(tenant, { ...wrapped, bytes }, associated))]).toEqual([at, 'SEAL_BROKEN']);
      }
      for (const length of [0, 5, 27, wrapped.bytes.length - 1]) {
        const cut = { ...wrapped, bytes: wrapped.bytes.slice(0, length) };
        expect([length, await codeOf(keys.unwrap(tenant, cut, associated))]).toEqual([length, 'SEAL_BROKEN']);
      }
      expect((await keys.unwrap(tenant, wrapped, associated)).length).toBe(32);
    });

    it('does not know a key that is not there', async () => {
      const tenant = newId('tenant');
      const wrapped = await keys.wrap(tenant, randomBytes(32), associated);
      for (const keyId of [house.unknownKeyId, '', 'x', `${wrapped.keyId}9`]) {
        expect([keyId, await codeOf(keys.unwrap(tenant, { ...wrapped, keyId }, associated))]).toEqual([keyId, 'KEY_UNKNOWN']);
      }
    });

    it('has one key when two processes use a tenant for the first time at once', async () => {
      const tenant = newId('tenant');
      const pair = [open(), open()];
      const plain = randomBytes(32);
      const wrapped = await Promise.all(Array.from({ length: 12 }, (_, at) => (pair[at % 2] ?? keys).wrap(tenant, plain, associated)));
      expect(new Set(wrapped.map(({ keyId }) => keyId)).size).toBe(1);
      for (const each of wrapped) expect(Buffer.from(await keys.unwrap(tenant, each, associated))).toEqual(plain);
    });

    it('opens after a restart what was wrapped before', async () => {
      const tenant = newId('tenant');
      const before = house.open();
      const plain = randomBytes(32);
      const wrapped = await before.wrap(tenant, plain, associated);
      await before.close();
      const after = open();
      expect(Buffer.from(await after.unwrap(tenant, wrapped, associated))).toEqual(plain);
      expect(await after.currentKeyId(tenant)).toBe(wrapped.keyId);
    });

    it('goes on to a new generation, once for the same wish, and still opens the old one', async () => {
      const [tenant, other] = [newId('tenant'), newId('tenant')];
      const plain = randomBytes(32);
      const old = await keys.wrap(tenant, plain, associated);
      const untouched = await keys.currentKeyId(other);
      const second = open();
      const made = await Promise.all([keys.rotate(tenant, old.keyId), second.rotate(tenant, old.keyId)]);
      expect(new Set(made).size).toBe(1);
      expect(await keys.rotate(tenant, old.keyId)).toBe(made[0]);
      expect(made[0] === old.keyId).toBe(!house.makesGenerations);
      const fresh = await second.wrap(tenant, plain, associated);
      expect(fresh.keyId).toBe(made[0]);
      for (const each of [old, fresh]) expect(Buffer.from(await keys.unwrap(tenant, each, associated))).toEqual(plain);
      expect(await keys.currentKeyId(other)).toBe(untouched);
    });
  });
}
