import type { TenantId } from '@imprimatur/kernel';

/** One object as the store lists it. */
export interface StoredObject {
  readonly name: string;
  readonly sizeBytes: number;
  /** When the store took it, by the store's own clock. */
  readonly storedAt: Date;
}

/**
 * Where bytes lie: a folder, or a bucket. It knows no picture and no key; what is put here is sealed already. Objects are immutable.
 * Names are `[a-z0-9][a-z0-9.-]*`, at most 128 characters, chosen by the caller, and belong to one tenant. Every method throws Fault
 * BLOB_STORE_FAILED (retryable) when the store cannot be reached or is full.
 */
export interface BlobStore {
  /**
   * Durable when it resolves; a crash before that leaves nothing under the name. An object is never overwritten: the same bytes again
   * are fine, other bytes under a taken name are Fault BLOB_EXISTS.
   */
  put(tenant: TenantId, name: string, bytes: Uint8Array): Promise<void>;
  /** Null: no such object. */
  get(tenant: TenantId, name: string): Promise<Uint8Array | null>;
  has(tenant: TenantId, name: string): Promise<boolean>;
  /** Durable when it resolves; an absent object is fine. */
  remove(tenant: TenantId, name: string): Promise<void>;
  /** Every object of the tenant, in no order; one put or removed meanwhile may or may not be among them. */
  list(tenant: TenantId): AsyncIterable<StoredObject>;
  /** Removes what puts that never ended left behind before `before`, of all tenants; answers how many. */
  sweep(before: Date): Promise<number>;
}

/** Injection token of the configured store. */
export const BLOB_STORE = Symbol('BlobStore');
