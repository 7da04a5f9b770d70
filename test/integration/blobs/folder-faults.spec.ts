import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault, newId } from '@imprimatur/kernel';
import { FolderBlobStore } from '@imprimatur/platform/blobs';

const scratch = mkdtempSync(join(tmpdir(), 'imprimatur-blob-faults-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Puts objects until it is killed; tells the name of each one that was acknowledged. */
function writer(root: string, tenant: string, sizeBytes: number): { readonly child: ChildProcess; readonly told: string[] } {
  const child = fork(join(__dirname, 'writer.cjs'), [root, tenant, String(sizeBytes)]);
  const told: string[] = [];
  child.on('message', (name: string) => told.push(name));
  return { child, told };
}

describe('a folder store whose writer is killed', () => {
  it('keeps every acknowledged object whole, shows no broken one, and sweeps what is left over', async () => {
    const root = join(scratch, 'killed');
    const tenant = newId('tenant');
    const sizeBytes = 3_000_000;
    const acknowledged: string[] = [];
    for (let run = 1; run <= 4; run += 1) {
      const { child, told } = writer(root, tenant, sizeBytes);
      // killed at a moment that depends on its progress, so that the kills fall into different steps of a put
      while (told.length < run) await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      acknowledged.push(...told);
    }
    const store = new FolderBlobStore(root);
    const names = new Set<string>();
    for await (const { name, sizeBytes: size } of store.list(tenant)) {
      names.add(name);
      expect(size).toBe(sizeBytes);
      const bytes = await store.get(tenant, name);
      expect(bytes?.every((byte) => byte === bytes[0])).toBe(true);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(10);
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    await store.sweep(new Date('2999-01-01T00:00:00Z'));
    expect(readdirSync(join(root, 'incoming'))).toEqual([]);
  });
});

describe('the sweep', () => {
  it('removes old drafts and leaves those that may still be written', async () => {
    const store = new FolderBlobStore(join(scratch, 'swept'));
    await store.put(newId('tenant'), newId('blob'), Buffer.from('makes the folders'));
    const incoming = join(scratch, 'swept', 'incoming');
    for (const name of ['old', 'young']) writeFileSync(join(incoming, name), 'draft');
    utimesSync(join(incoming, 'old'), new Date('2020-01-01T00:00:00Z'), new Date('2020-01-01T00:00:00Z'));
    expect(await store.sweep(new Date('2021-01-01T00:00:00Z'))).toBe(1);
    expect(readdirSync(incoming)).toEqual(['young']);
  });
});

describe('a folder that cannot be used', () => {
  it('is a retryable fault, and nothing else', async () => {
    const file = join(scratch, 'a-file');
    writeFileSync(file, 'not a folder');
    expect(statSync(file).isFile()).toBe(true);
    const store = new FolderBlobStore(file);
    const asked = [store.put(newId('tenant'), 'x', Buffer.from('x')), store.get(newId('tenant'), 'x'), store.has(newId('tenant'), 'x')];
    for (const failed of await Promise.all(asked.map((promise) => promise.catch((error: unknown) => error)))) {
      expect(failed).toBeInstanceOf(Fault);
      expect(failed).toMatchObject({ room: 'blobs', code: 'BLOB_STORE_FAILED', retryable: true });
    }
  });
});
