import { createHash } from 'node:crypto';
import { Fault, type TenantId, toBase64Url } from '@imprimatur/kernel';
import { keyUnknown, providerUnavailable } from './key.faults.js';
import type { KeyProvider, WrappedKey } from './key-provider.js';

/** What the service binds to the ciphertext: it must be given again, and stands in the KMS's own audit log. */
export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * A cloud KMS, whosever. Throws Fault SEAL_BROKEN, KEY_UNKNOWN, KEY_PROVIDER_REFUSED or KEY_PROVIDER_UNAVAILABLE; only the last is tried again.
 * Whatever takes longer than `timeoutMs` is unavailable.
 */
export interface KmsClient {
  encrypt(keyId: string, plain: Uint8Array, context: EncryptionContext, timeoutMs: number): Promise<Uint8Array>;
  decrypt(keyId: string, sealed: Uint8Array, context: EncryptionContext, timeoutMs: number): Promise<Uint8Array>;
}

export interface KmsKeys {
  /** The key that wraps now. */
  readonly current: string;
  /** Keys that wrapped before: they unwrap, and nothing else. A key named nowhere here is never used, whatever a stored row says. */
  readonly former: readonly string[];
}

export interface KmsOptions {
  /** Of one call. */
  readonly timeoutMs?: number;
  /** Waits between tries; as many tries as there are waits, and one. */
  readonly waitsMs?: readonly number[];
}

const TIMEOUT_MS = 3_000;
const WAITS_MS = [100, 400] as const;
const PREFIX = 'kms:';

/** Tenants are told apart by encryption context: the KMS itself refuses one tenant's bytes under another's name. */
export class KmsKeyProvider implements KeyProvider {
  private readonly timeoutMs: number;
  private readonly waitsMs: readonly number[];

  constructor(
    private readonly client: KmsClient,
    private readonly keys: KmsKeys,
    options: KmsOptions = {},
  ) {
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.waitsMs = options.waitsMs ?? WAITS_MS;
  }

  async wrap(tenant: TenantId, plain: Uint8Array, associated: Uint8Array): Promise<WrappedKey> {
    const { current } = this.keys;
    const bytes = await this.patiently((timeoutMs) => this.client.encrypt(current, plain, contextOf(tenant, associated), timeoutMs));
    return { keyId: PREFIX + current, bytes };
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, associated: Uint8Array): Promise<Uint8Array> {
    const key = [this.keys.current, ...this.keys.former].find((each) => PREFIX + each === wrapped.keyId);
    if (key === undefined) throw keyUnknown(wrapped.keyId);
    return this.patiently((timeoutMs) => this.client.decrypt(key, wrapped.bytes, contextOf(tenant, associated), timeoutMs));
  }

  async currentKeyId(): Promise<string> {
    return PREFIX + this.keys.current;
  }

  async rotate(): Promise<string> {
    return this.currentKeyId();
  }

  async close(): Promise<void> {
    // nothing is held open
  }

  private async patiently<T>(call: (timeoutMs: number) => Promise<T>): Promise<T> {
    for (const waitMs of [...this.waitsMs, null]) {
      try {
        return await call(this.timeoutMs);
      } catch (error) {
        const fault = error instanceof Fault ? error : providerUnavailable('the KMS cannot be reached', error);
        if (!fault.retryable || waitMs === null) throw fault;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    throw providerUnavailable('the KMS cannot be reached');
  }
}

/** Associated data as a digest: a context stands in clear in the provider's logs, and is limited in length. */
function contextOf(tenant: TenantId, associated: Uint8Array): EncryptionContext {
  return { 'imprimatur:tenant': tenant, 'imprimatur:associated': toBase64Url(createHash('sha256').update(associated).digest()) };
}
