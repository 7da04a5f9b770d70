import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { link, mkdir, open, opendir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { assert, equalBytes, Fault, isUuid, type TenantId } from '@imprimatur/kernel';
import type { BlobStore, StoredObject } from './blob-store.js';

const NAME = /^[a-z0-9][a-z0-9.-]{0,127}$/;
const INCOMING = 'incoming';

/**
 * `<root>/<tenant>/<last two characters>/<name>`, and `<root>/incoming` for what is being written. The last characters of a UUIDv7 are
 * random, its first ones are the time: so an object lies among about a 256th of its tenant's.
 */
export class FolderBlobStore implements BlobStore {
  private readonly root: string;
  /** Folders that exist durably; saves a handful of system calls per put. */
  private readonly known = new Set<string>();

  constructor(root: string) {
    this.root = resolve(root);
  }

  async put(tenant: TenantId, name: string, bytes: Uint8Array): Promise<void> {
    const target = this.path(tenant, name);
    const draft = join(this.root, INCOMING, randomBytes(16).toString('hex'));
    await failing(async () => {
      await this.ensureFolder(dirname(draft));
      await this.ensureFolder(dirname(target));
      // 1. the bytes are durable under a name that nobody reads; a crash up to here leaves that file for the sweep
      await writeDurably(draft, bytes);
      try {
        // 2. the object appears whole, and never over another: unlike a rename, a link fails where the name is taken
        await link(draft, target);
        // 3. its name is durable too
        await syncFolder(dirname(target));
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        await this.assertSame(target, bytes);
      } finally {
        await rm(draft, { force: true });
      }
    });
  }

  async get(tenant: TenantId, name: string): Promise<Uint8Array | null> {
    const path = this.path(tenant, name);
    return failing(() => unlessAbsent(readFile(path), null));
  }

  async has(tenant: TenantId, name: string): Promise<boolean> {
    const path = this.path(tenant, name);
    return failing(async () => (await unlessAbsent(stat(path), null)) !== null);
  }

  async remove(tenant: TenantId, name: string): Promise<void> {
    const path = this.path(tenant, name);
    await failing(async () => {
      await rm(path, { force: true });
      await unlessAbsent(syncFolder(dirname(path)), undefined);
    });
  }

  async *list(tenant: TenantId): AsyncIterable<StoredObject> {
    const home = this.home(tenant);
    for (const shard of await failing(() => foldersIn(home))) {
      const folder = join(home, shard);
      for await (const entry of await failing(() => opendir(folder))) {
        const found = await failing(() => unlessAbsent(stat(join(folder, entry.name)), null));
        if (found?.isFile()) yield { name: entry.name, sizeBytes: found.size, storedAt: new Date(found.mtimeMs) };
      }
    }
  }

  async sweep(before: Date): Promise<number> {
    const folder = join(this.root, INCOMING);
    return failing(async () => {
      let swept = 0;
      for (const name of await unlessAbsent(readdir(folder), [])) {
        const found = await unlessAbsent(stat(join(folder, name)), null);
        if (found === null || found.mtimeMs >= before.getTime()) continue;
        await rm(join(folder, name), { force: true });
        swept += 1;
      }
      return swept;
    });
  }

  private home(tenant: TenantId): string {
    assert(isUuid(tenant), 'a tenant is a UUID, and so a safe name of a folder');
    return join(this.root, tenant);
  }

  private path(tenant: TenantId, name: string): string {
    assert(NAME.test(name), 'a blob has a name that is safe in a folder and in a bucket');
    return join(this.home(tenant), name.slice(-2).padStart(2, '0').replaceAll('.', '-'), name);
  }

  /** Makes it and what is missing above it. Synced even when found: whoever made it may have been killed before syncing. */
  private async ensureFolder(folder: string): Promise<void> {
    if (this.known.has(folder)) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let at = folder; at.length >= this.root.length; at = dirname(at)) await syncFolder(dirname(at));
    this.known.add(folder);
  }

  private async assertSame(path: string, bytes: Uint8Array): Promise<void> {
    if (equalBytes(await readFile(path), bytes)) return;
    throw new Fault({ room: 'blobs', code: 'BLOB_EXISTS', message: 'an object of this name exists already, with other bytes' });
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows has no way to open a folder and makes names durable by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await unlessAbsent<Dirent[]>(readdir(path, { withFileTypes: true }), []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null)?.code;

async function unlessAbsent<T>(asked: Promise<T>, absent: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return absent;
    throw error;
  });
}

async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = codeOf(cause);
    throw new Fault({
      room: 'blobs',
      code: 'BLOB_STORE_FAILED',
      message: `the blob folder cannot be used: ${typeof code === 'string' ? code : 'unknown error'}`,
      retryable: true,
      cause,
    });
  }
}
