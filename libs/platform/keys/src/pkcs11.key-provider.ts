import { assert, Fault, type TenantId } from '@imprimatur/kernel';
import { ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import { keyUnknown, providerUnavailable } from './key.faults.js';
import type { KeyLock, KeyProvider, WrappedKey } from './key-provider.js';
import type { TokenTask } from './pkcs11.thread.js';
import type { Generation, TokenKey, TokenSettings } from './pkcs11.token.js';

/** A login or a key in SoftHSM takes 8 to 12 ms, a call to an HSM in the network 1 to 20: none of it on the event loop. */
const TIMEOUT_MS = 10_000;
/** RFC 7512: `pkcs11:token=<label>;object=imprimatur%2F<tenant>%2F<generation>;id=%..%..`. */
const KEY_ID = /^pkcs11:token=([^;]+);object=imprimatur%2F([0-9a-f-]{36})%2F([1-9]\d{0,8});id=((?:%[0-9a-f]{2})+)$/;

/**
 * Tenants' keys inside a PKCS#11 token: AES-256, one per tenant and generation, made on first use, never extractable. Wrapping is AES-GCM in the
 * token, in a thread. The key id names token, tenant, generation and the key itself.
 */
export class Pkcs11KeyProvider implements KeyProvider {
  private readonly pool: ThreadPool;
  private readonly settings: TokenSettings;

  /** `lock` is held while a key is made: PKCS#11 has no unique labels, and two processes would make two keys. */
  constructor(
    { library, token, pin }: TokenSettings,
    private readonly lock: KeyLock,
  ) {
    this.settings = { library, token, pin };
    this.pool = new ThreadPool({ name: 'pkcs11', entry: threadEntry(__dirname, 'pkcs11.thread'), threads: 1, timeoutMs: TIMEOUT_MS });
  }

  async wrap(tenant: TenantId, plain: Uint8Array, associated: Uint8Array): Promise<WrappedKey> {
    const { number, key } = await this.newest(tenant);
    const bytes = await this.run<Uint8Array | null>({ kind: 'encrypt', key, bytes: plain, associated });
    if (!bytes) throw keyUnknown(this.keyIdOf(tenant, { number, key }));
    return { keyId: this.keyIdOf(tenant, { number, key }), bytes };
  }

  async unwrap(tenant: TenantId, wrapped: WrappedKey, associated: Uint8Array): Promise<Uint8Array> {
    const [, token, owner, number, id] = KEY_ID.exec(wrapped.keyId) ?? [];
    const isOurs = token === encodeURIComponent(this.settings.token) && owner === tenant && id !== undefined;
    if (!isOurs) throw keyUnknown(wrapped.keyId);
    const key = { label: labelOf(tenant, Number(number)), id: id.replaceAll('%', '') };
    const plain = await this.run<Uint8Array | null>({ kind: 'decrypt', key, bytes: wrapped.bytes, associated });
    if (!plain) throw keyUnknown(wrapped.keyId);
    return plain;
  }

  async currentKeyId(tenant: TenantId): Promise<string> {
    return this.keyIdOf(tenant, await this.newest(tenant));
  }

  async rotate(tenant: TenantId, replaces: string): Promise<string> {
    const newest = await this.newest(tenant);
    if (this.keyIdOf(tenant, newest) !== replaces) return this.keyIdOf(tenant, newest);
    return this.keyIdOf(tenant, await this.make(tenant, newest.number + 1));
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /** Asked of the token each time: another process may have made one. */
  private async newest(tenant: TenantId): Promise<Generation> {
    return (await this.find(tenant)) ?? this.make(tenant, 1);
  }

  /**
   * Looks once more under the lock: of two processes at once, one makes the key and the other finds it. The lock is the whole token's: SoftHSM counts
   * changes per token, and a process that makes a key itself takes one that another makes meanwhile, for any tenant, as seen.
   */
  private async make(tenant: TenantId, number: number): Promise<Generation> {
    return this.lock(`pkcs11/${this.settings.token}`, async () => {
      const newest = await this.find(tenant);
      return newest && newest.number >= number ? newest : { number, key: await this.create(labelOf(tenant, number)) };
    });
  }

  private async find(tenant: TenantId): Promise<Generation | null> {
    return this.run<Generation | null>({ kind: 'newest', prefix: labelOf(tenant, '') });
  }

  private async create(label: string): Promise<TokenKey> {
    const key = await this.run<TokenKey | null>({ kind: 'create', label });
    assert(key, 'a token answers the key that it made');
    return key;
  }

  private keyIdOf(tenant: TenantId, { number, key }: Generation): string {
    const id = key.id.replaceAll(/../g, '%$&');
    return `pkcs11:token=${encodeURIComponent(this.settings.token)};object=${encodeURIComponent(labelOf(tenant, number))};id=${id}`;
  }

  private async run<T>(task: DistributiveOmit<TokenTask, 'settings'>): Promise<T> {
    try {
      return await this.pool.run<TokenTask, T>({ ...task, settings: this.settings });
    } catch (error) {
      if (error instanceof Fault && error.room === 'threads') throw providerUnavailable('the token did not answer', error);
      throw error;
    }
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function labelOf(tenant: TenantId, number: number | ''): string {
  return `imprimatur/${tenant}/${number}`;
}
