import { randomBytes } from 'node:crypto';
import { Fault, newId } from '@imprimatur/kernel';
import type { BlobStore, StoredObject } from '@imprimatur/platform/blobs';

async function all(listed: AsyncIterable<StoredObject>): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of listed) found.push(object);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const SIZES = [0, 1, 4095, 65_536, 1_500_000];

/** What every blob store must do; one `describe` per adapter calls it. */
export function keepsTheBlobStoreContract(open: () => Promise<BlobStore>): void {
  let store: BlobStore;
  const tenant = newId('tenant');

  beforeAll(async () => {
    store = await open();
  });

  it.each(SIZES)('gives %i bytes back as they were put', async (size) => {
    const name = newId('blob');
    const bytes = new Uint8Array(randomBytes(size));
    await store.put(tenant, name, bytes);
    expect(await store.has(tenant, name)).toBe(true);
    expect(Buffer.from((await store.get(tenant, name)) ?? 'absent').equals(bytes)).toBe(true);
  });

  it('knows what it does not have', async () => {
    const name = newId('blob');
    expect(await store.get(tenant, name)).toBeNull();
    expect(await store.has(tenant, name)).toBe(false);
    await expect(store.remove(tenant, name)).resolves.toBeUndefined();
    expect(await all(store.list(newId('tenant')))).toEqual([]);
  });

  it('keeps tenants apart', async () => {
    const [other, name] = [newId('tenant'), newId('blob')];
    await store.put(tenant, name, Buffer.from('ours'));
    expect(await store.get(other, name)).toBeNull();
    await store.put(other, name, Buffer.from('theirs'));
    await store.remove(other, name);
    expect(Buffer.from((await store.get(tenant, name)) ?? 'absent').toString()).toBe('ours');
  });

  it('takes the same bytes twice and never overwrites', async () => {
    const name = newId('blob');
    await store.put(tenant, name, Buffer.from('first'));
    await store.put(tenant, name, Buffer.from('first'));
    const refused = await store.put(tenant, name, Buffer.from('other')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Fault);
    expect((refused as Fault).code).toBe('BLOB_EXISTS');
    expect(Buffer.from((await store.get(tenant, name)) ?? 'absent').toString()).toBe('first');
  });

  it('lets one of many different writers win a name, and no mixture', async () => {
    const name = newId('blob');
    const writers = Array.from({ length: 16 }, (_, at) => Buffer.alloc(50_000, at));
    const done = await Promise.allSettled(writers.map((bytes) => store.put(tenant, name, bytes)));
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const kept = Buffer.from((await store.get(tenant, name)) ?? 'absent');
    expect(writers.some((bytes) => bytes.equals(kept))).toBe(true);
  });

  it('lists every object of a tenant with its size', async () => {
    const mine = newId('tenant');
    const names = Array.from({ length: 40 }, () => newId('blob') as string).sort();
    await Promise.all(names.map((name, at) => store.put(mine, name, Buffer.alloc(at))));
    await store.remove(mine, names[7] ?? '');
    const listed = await all(store.list(mine));
    expect(listed.map(({ name }) => name)).toEqual(names.filter((_, at) => at !== 7));
    expect(listed.map(({ sizeBytes }) => sizeBytes)).toEqual(names.map((_, at) => at).filter((at) => at !== 7));
    expect(listed.every(({ storedAt }) => storedAt instanceof Date)).toBe(true);
  });

  it('sweeps nothing that ended', async () => {
    const name = newId('blob');
    await store.put(tenant, name, Buffer.from('whole'));
    await store.sweep(new Date('2999-01-01T00:00:00Z'));
    expect(await store.has(tenant, name)).toBe(true);
  });

  it.each(['', '../x', 'a/b', '.hidden', 'UPPER', 'a'.repeat(129), 'nul\0'])('refuses the name %j as a bug', async (name) => {
    await expect(store.put(tenant, name, Buffer.from('x'))).rejects.toThrow('assertion failed');
    await expect(store.get(tenant, name)).rejects.toThrow('assertion failed');
  });
}
