import { hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault, type TenantId } from '@imprimatur/kernel';
import type { KeyProvider, WrappedKey } from './key-provider.js';
import { open, seal } from './seal.js';

const KEY_ID = 'file-1';

/** Development's provider: one 32-byte master key in a file (0600), each tenant's key derived from it (HKDF-SHA256). */
export class FileKeyProvider implements KeyProvider {
  private readonly master: Uint8Array;

  constructor(file: string) {
    if (!existsSync(file)) createKeyFile(file);
    this.master = readFileSync(file);
    if (this.master.length !== 32) {
      throw new Fault({
        room: 'keys',
        code: 'KEY_FILE_BROKEN',
        message: `${file} must hold exactly 32 bytes; restore it from a backup`,
        safe: true,
      });
    }
  }

  async wrap(tenant: TenantId, plain: Uint8Array, associated: Uint8Array): Promise<WrappedKey> {
    return { keyId: KEY_ID, bytes: seal(this.tenantKey(tenant), plain, associated) };
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, associated: Uint8Array): Promise<Uint8Array> {
    if (wrapped.keyId !== KEY_ID) throw new Fault({ room: 'keys', code: 'KEY_UNKNOWN', message: `no wrapping key ${wrapped.keyId} here` });
    return open(this.tenantKey(tenant), wrapped.bytes, associated);
  }

  private tenantKey(tenant: TenantId): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.master, tenant, 'imprimatur/tenant-key/v1', 32));
  }
}

/** Two processes may start at once: the file appears whole, by link, and the loser reads the winner's. */
function createKeyFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = openSync(draft, 'wx', 0o600);
  writeSync(handle, randomBytes(32));
  fsyncSync(handle);
  closeSync(handle);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
