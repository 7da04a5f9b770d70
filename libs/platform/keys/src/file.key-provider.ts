import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault, type TenantId } from '@imprimatur/kernel';
import { createFileOnce } from '@imprimatur/platform/files';
import { keyUnknown } from './key.faults.js';
import type { KeyProvider, WrappedKey } from './key-provider.js';
import { open, seal } from './seal.js';

const KEY_BYTES = 32;
const KEY_ID = /^file-([1-9]\d{0,8})$/;

/**
 * Development's provider: one 32-byte master key in a file (0600), from which each tenant's first key is derived (HKDF-SHA256). Later
 * generations of a tenant are files of their own beside it: `<tenant>.<generation>.key`.
 */
export class FileKeyProvider implements KeyProvider {
  private readonly master: Uint8Array;
  private readonly folder: string;

  constructor(file: string) {
    if (!existsSync(file)) createFileOnce(file, randomBytes(KEY_BYTES), 0o600);
    this.master = readKey(file);
    this.folder = dirname(file);
  }

  async wrap(tenant: TenantId, plain: Uint8Array, associated: Uint8Array): Promise<WrappedKey> {
    const generation = this.newest(tenant);
    return { keyId: keyIdOf(generation), bytes: seal(this.tenantKey(tenant, generation), plain, associated) };
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, associated: Uint8Array): Promise<Uint8Array> {
    const generation = Number(KEY_ID.exec(wrapped.keyId)?.[1] ?? 0);
    if (generation < 1 || (generation > 1 && !existsSync(this.fileOf(tenant, generation)))) throw keyUnknown(wrapped.keyId);
    return open(this.tenantKey(tenant, generation), wrapped.bytes, associated);
  }

  async currentKeyId(tenant: TenantId): Promise<string> {
    return keyIdOf(this.newest(tenant));
  }

  async rotate(tenant: TenantId, replaces: string): Promise<string> {
    const newest = this.newest(tenant);
    // of two at once the first file wins, and both answer its generation
    if (keyIdOf(newest) === replaces) createFileOnce(this.fileOf(tenant, newest + 1), randomBytes(KEY_BYTES), 0o600);
    return this.currentKeyId(tenant);
  }

  async close(): Promise<void> {
    // nothing is held open
  }

  /** Looked for each time: another process may have rotated. */
  private newest(tenant: TenantId): number {
    let generation = 1;
    while (existsSync(this.fileOf(tenant, generation + 1))) generation += 1;
    return generation;
  }

  private tenantKey(tenant: TenantId, generation: number): Uint8Array {
    if (generation > 1) return readKey(this.fileOf(tenant, generation));
    return new Uint8Array(hkdfSync('sha256', this.master, tenant, 'imprimatur/tenant-key/v1', KEY_BYTES));
  }

  private fileOf(tenant: TenantId, generation: number): string {
    return join(this.folder, `${tenant}.${generation}.key`);
  }
}

function keyIdOf(generation: number): string {
  return `file-${generation}`;
}

function readKey(file: string): Uint8Array {
  const key = readFileSync(file);
  if (key.length === KEY_BYTES) return key;
  throw new Fault({
    room: 'keys',
    code: 'KEY_FILE_BROKEN',
    message: `${file} must hold exactly 32 bytes; restore it from a backup`,
    safe: true,
  });
}
