import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Fault, type TenantId } from '@imprimatur/kernel';
import { createFileOnce } from '@imprimatur/platform/files';
import type { KeyProvider, WrappedKey } from './key-provider.js';
import { open, seal } from './seal.js';

const KEY_ID = 'file-1';

/** Development's provider: one 32-byte master key in a file (0600), each tenant's key derived from it (HKDF-SHA256). */
export class FileKeyProvider implements KeyProvider {
  private readonly master: Uint8Array;

  constructor(file: string) {
    if (!existsSync(file)) createFileOnce(file, randomBytes(32), 0o600);
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
