import type { TenantId } from '@imprimatur/kernel';

/** A key that left its provider wrapped; only the same provider opens it. */
export interface WrappedKey {
  /** Which wrapping key was used, for rotation. */
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/**
 * Where tenants' wrapping keys live: a file in development, PKCS#11 or a cloud KMS elsewhere. Keys never leave it in clear. A provider that
 * cannot be reached is Fault KEY_PROVIDER_UNAVAILABLE (retryable); nothing is ever answered unwrapped or unsealed instead.
 */
export interface KeyProvider {
  /** Wraps `plain` (a 32-byte data or subject key) under the tenant's current key; `associated` must be given again to unwrap. */
  wrap(tenant: TenantId, plain: Uint8Array, associated: Uint8Array): Promise<WrappedKey>;
  /** Of any generation. Throws Fault SEAL_BROKEN or KEY_UNKNOWN. */
  unwrap(tenant: TenantId, wrapped: WrappedKey, associated: Uint8Array): Promise<Uint8Array>;
  /** The key id that `wrap` answers with now. */
  currentKeyId(tenant: TenantId): Promise<string>;
  /**
   * Makes the tenant's next generation, unless one newer than `replaces` is there; answers the current key id. So the same request twice, also
   * from two processes, makes one. Older generations stay readable. A KMS is rotated by configuration: it only answers.
   */
  rotate(tenant: TenantId, replaces: string): Promise<string>;
  close(): Promise<void>;
}

/** Runs `work` while nobody else, in whatever process of this installation, holds the lock of this name. */
export type KeyLock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Injection token of the configured provider. */
export const KEY_PROVIDER = Symbol('KeyProvider');
