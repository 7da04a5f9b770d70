import type { TenantId } from '@imprimatur/kernel';

/** A key that left its provider wrapped; only the same provider opens it. */
export interface WrappedKey {
  /** Which wrapping key was used, for rotation. */
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** Where tenants' wrapping keys live: a file in development, PKCS#11 or a cloud KMS elsewhere. Keys never leave it in clear. */
export interface KeyProvider {
  /** Wraps `plain` (a 32-byte data or subject key) under the tenant's current key; `associated` must be given again to unwrap. */
  wrap(tenant: TenantId, plain: Uint8Array, associated: Uint8Array): Promise<WrappedKey>;
  /** Throws Fault SEAL_BROKEN or KEY_UNKNOWN. */
  unwrap(tenant: TenantId, wrapped: WrappedKey, associated: Uint8Array): Promise<Uint8Array>;
}

/** Injection token of the configured provider. */
export const KEY_PROVIDER = Symbol('KeyProvider');
