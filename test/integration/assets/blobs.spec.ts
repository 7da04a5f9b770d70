import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Blob } from '@imprimatur/domain/assets';
import { type Context, Fault, newId, type SubjectId, type TenantId } from '@imprimatur/kernel';
import { codeOf, openRooms, type Rooms, valueOf } from './rooms';

const FAR_FUTURE = new Date('2999-01-01T00:00:00Z');

let rooms: Rooms;
let tenant: TenantId;
let system: Context;

beforeAll(async () => {
  rooms = await openRooms();
});
beforeEach(async () => {
  tenant = await rooms.newTenant();
  system = rooms.system(tenant);
});
afterAll(() => rooms.close());

const keep = (bytes: Uint8Array, subjects: readonly SubjectId[] = []): Promise<Blob> =>
  rooms.write(system, (write) => rooms.assets.storeBlob(write, bytes, { format: 'png', subjects }));
const get = (which: Blob['id'] | Uint8Array) => rooms.read(system, (read) => rooms.assets.readBlob(read, which));
const erase = (subject: SubjectId) => rooms.write(system, (write) => rooms.sealing.destroySubjectKey(write, subject));
const sweep = () => rooms.read(system, (read) => rooms.vault.sweep(read, FAR_FUTURE));

async function objects(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of rooms.store.list(tenant)) names.push(name);
  return names;
}

/** Path of the file that holds the blob's sealed bytes now. */
async function fileOf(blob: Blob): Promise<string> {
  const [row] = await rooms.database.asAdmin<{ object: string }>('select object from blob where id = $1', [blob.id]);
  const home = join(rooms.home, 'blobs', tenant);
  const found = readdirSync(home, { recursive: true }).find((name) => String(name).endsWith(row?.object ?? 'none'));
  return join(home, String(found));
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof Fault ? error.code : `no fault: ${String(error)}`;
}

describe('stored bytes', () => {
  it('come back by id and by digest, and lie sealed under a name that tells nothing', async () => {
    const bytes = Buffer.from('a picture that somebody is in '.repeat(50));
    const blob = await keep(bytes);
    expect(blob.sizeBytes).toBe(bytes.length);
    for (const which of [blob.id, blob.sha256 ?? new Uint8Array(32)])
      expect(Buffer.from(valueOf(await get(which))).equals(bytes)).toBe(true);
    const file = await fileOf(blob);
    expect(readFileSync(file).includes('somebody')).toBe(false);
    expect(file).not.toContain(Buffer.from(blob.sha256 ?? []).toString('hex'));
  });

  it('are kept once, also when 12 transactions bring them at once', async () => {
    const bytes = randomBytes(4000);
    const blobs = await Promise.all(Array.from({ length: 12 }, () => keep(bytes)));
    expect(new Set(blobs.map(({ id }) => id)).size).toBe(1);
    await sweep();
    expect(await objects()).toHaveLength(1);
    expect(Buffer.from(valueOf(await get(blobs[0]?.id ?? newId('blob')))).equals(bytes)).toBe(true);
  });

  it('are not found under an unknown id or digest', async () => {
    expect(codeOf(await get(newId('blob')))).toBe('NOT_FOUND');
    expect(codeOf(await get(new Uint8Array(32)))).toBe('NOT_FOUND');
  });

  it('are faults when one byte changed or they are gone, and a scrub names exactly those', async () => {
    const [sound, changed, gone] = [await keep(randomBytes(300)), await keep(randomBytes(300)), await keep(randomBytes(300))];
    const file = await fileOf(changed);
    const bytes = readFileSync(file);
    bytes[150] = (bytes[150] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    rmSync(await fileOf(gone));
    expect(await faultOf(get(changed.id))).toBe('BLOB_CORRUPT');
    expect(await faultOf(get(gone.id))).toBe('BLOB_MISSING');
    expect((await get(sound.id)).ok).toBe(true);
    const report = await rooms.read(system, (read) => rooms.vault.scrub(read, { first: 10, after: null }));
    expect(report).toMatchObject({ checked: 3, erased: 0, next: null });
    expect(report.broken).toEqual([
      { blob: changed.id, code: 'BLOB_CORRUPT' },
      { blob: gone.id, code: 'BLOB_MISSING' },
    ]);
  });

  it('are scrubbed page by page', async () => {
    for (let at = 0; at < 5; at += 1) await keep(randomBytes(50));
    let [after, checked, pages]: [string | null, number, number] = [null, 0, 0];
    do {
      const report = await rooms.read(system, (read) => rooms.vault.scrub(read, { first: 2, after }));
      checked += report.checked;
      pages += 1;
      after = report.next;
    } while (after !== null);
    expect([checked, pages]).toEqual([5, 3]);
  });

  it('do not open in the place of others', async () => {
    const [one, other] = [await keep(randomBytes(200)), await keep(randomBytes(200))];
    writeFileSync(await fileOf(one), readFileSync(await fileOf(other)));
    expect(await faultOf(get(one.id))).toBe('BLOB_CORRUPT');
  });

  it('are faults when they open but are not what their row says', async () => {
    const blob = await keep(randomBytes(200));
    const other = randomBytes(32);
    await rooms.database.asAdmin('update blob set sha256 = $2 where id = $1', [blob.id, other]);
    expect(await faultOf(get(blob.id))).toBe('BLOB_CORRUPT');
    expect(await faultOf(get(new Uint8Array(other)))).toBe('BLOB_CORRUPT');
  });

  it('are put back when they are lost and brought again', async () => {
    const bytes = randomBytes(300);
    const blob = await keep(bytes);
    rmSync(await fileOf(blob));
    expect((await keep(bytes)).id).toBe(blob.id);
    expect(Buffer.from(valueOf(await get(blob.id))).equals(bytes)).toBe(true);
  });
});

describe('the sweep', () => {
  it('removes what no row refers to, if it is old enough, and nothing else', async () => {
    const kept = await keep(randomBytes(100));
    const failing = rooms.write(system, async (write) => {
      await rooms.assets.storeBlob(write, randomBytes(100), { format: 'png', subjects: [] });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await objects()).toHaveLength(2);
    expect(await rooms.read(system, (read) => rooms.vault.sweep(read, new Date('2000-01-01T00:00:00Z')))).toBe(0);
    expect(await sweep()).toBe(1);
    expect(await objects()).toHaveLength(1);
    expect((await get(kept.id)).ok).toBe(true);
  });
});

describe('erasure', () => {
  it('of any one of its subjects destroys a blob', async () => {
    const [anna, ben] = [newId('subject'), newId('subject')];
    const blob = await keep(randomBytes(100), [anna, ben]);
    expect((await get(blob.id)).ok).toBe(true);
    await erase(ben);
    expect(codeOf(await get(blob.id))).toBe('BLOB_ERASED');
    expect(await rooms.read(system, (read) => rooms.vault.scrub(read, { first: 10, after: null }))).toMatchObject({
      checked: 1,
      erased: 1,
      broken: [],
    });
  });

  it('reaches a blob that was stored before anybody knew who is in it', async () => {
    const bytes = randomBytes(100);
    const [anna, ben] = [newId('subject'), newId('subject')];
    const blob = await keep(bytes);
    expect((await keep(bytes, [anna])).id).toBe(blob.id);
    await rooms.write(system, (write) => rooms.vault.bindSubjects(write, blob.id, [ben]));
    expect(Buffer.from(valueOf(await get(blob.id))).equals(bytes)).toBe(true);
    expect(await sweep()).toBe(2);
    await erase(anna);
    expect(codeOf(await get(blob.id))).toBe('BLOB_ERASED');
  });

  it('does not keep the same bytes from being stored anew, as another blob', async () => {
    const bytes = randomBytes(100);
    const anna = newId('subject');
    const erased = await keep(bytes, [anna]);
    await erase(anna);
    const fresh = await keep(bytes);
    expect(fresh.id).not.toBe(erased.id);
    expect(Buffer.from(valueOf(await get(fresh.sha256 ?? new Uint8Array(32)))).equals(bytes)).toBe(true);
    expect(codeOf(await get(erased.id))).toBe('BLOB_ERASED');
    const [row] = await rooms.database.asAdmin<{ sha256: Buffer | null }>('select sha256 from blob where id = $1', [erased.id]);
    expect(row?.sha256).toBeNull();
  });
});
