import { randomBytes } from 'node:crypto';
import { assert, canonicalBytes, fromBase64, type SubjectId, type TenantId, toBase64, utf8 } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { KEY_PROVIDER, type KeyProvider, open, seal } from '@imprimatur/platform/keys';
import { Inject, Injectable } from '@nestjs/common';
import { SubjectKeyRepository } from './subject-key.repository.js';

const KEY_BYTES = 32;

/** What stands in `wrapped`: nothing that opens anything without the provider and every subject's key. */
interface Envelope {
  readonly v: 1;
  readonly keyId: string;
  readonly subjects: readonly SubjectId[];
  /** base64. */
  readonly key: string;
}

export interface DataKey {
  /** 32 bytes, to be used and forgotten. */
  readonly key: Uint8Array;
  /** Opaque, to be stored beside what the key seals. */
  readonly wrapped: Uint8Array;
}

/** Data keys, each wrapped by the keys of everybody it concerns, one inside the other: destroying any of them destroys it. */
@Injectable()
export class Sealing {
  constructor(
    private readonly keys: SubjectKeyRepository,
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
  ) {}

  /** A fresh data key that lives as long as the tenant's key and those of `subjects`. */
  async newDataKey(write: WriteContext, subjects: readonly SubjectId[]): Promise<DataKey> {
    const distinct = [...new Set(subjects)].sort();
    return this.wrapped(write.context.tenant, distinct, await this.subjectKeys(write, distinct));
  }

  /** One that concerns nobody. */
  async newTenantDataKey(tenant: TenantId): Promise<DataKey> {
    return this.wrapped(tenant, [], []);
  }

  private async wrapped(tenant: TenantId, subjects: readonly SubjectId[], subjectKeys: readonly Uint8Array[]): Promise<DataKey> {
    const key = randomBytes(KEY_BYTES);
    const associated = associatedData(tenant);
    let inner: Uint8Array = key;
    for (const subjectKey of subjectKeys) inner = seal(subjectKey, inner, associated);
    const { keyId, bytes } = await this.provider.wrap(tenant, inner, associated);
    const envelope: Envelope = { v: 1, keyId, subjects, key: toBase64(bytes) };
    return { key, wrapped: canonicalBytes({ ...envelope }) };
  }

  /** Null: somebody it concerned was erased, or it was destroyed itself. Throws Fault SEAL_BROKEN or KEY_UNKNOWN. */
  async openDataKey(read: ReadContext, wrapped: Uint8Array): Promise<Uint8Array | null> {
    if (wrapped.length === 0) return null;
    const envelope = JSON.parse(new TextDecoder().decode(wrapped)) as Envelope;
    assert(envelope.v === 1, 'a wrapped data key is of version 1');
    const { tenant } = read.context;
    const stored = await this.keys.find(read, envelope.subjects);
    const associated = associatedData(tenant);
    const outer: Uint8Array[] = [];
    for (const subject of envelope.subjects) {
      const key = stored.get(subject);
      if (!key) return null;
      outer.unshift(await this.provider.unwrap(tenant, key, subjectAssociatedData(tenant, subject)));
    }
    let inner = await this.provider.unwrap(tenant, { keyId: envelope.keyId, bytes: fromBase64(envelope.key) }, associated);
    for (const subjectKey of outer) inner = open(subjectKey, inner, associated);
    return inner;
  }

  /**
   * Everything sealed for this subject is unreadable from the commit on, and so is what is sealed later. Answers false when it was so already,
   * or there never was anything.
   */
  async destroySubjectKey(write: WriteContext, subject: SubjectId): Promise<boolean> {
    return this.keys.destroy(write, subject);
  }

  /** In the order of `subjects`; makes the missing ones. A destroyed key is not made again: an erased person stays erased. */
  private async subjectKeys(write: WriteContext, subjects: readonly SubjectId[]): Promise<readonly Uint8Array[]> {
    if (subjects.length === 0) return [];
    const { tenant } = write.context;
    const missing = async (subject: SubjectId) => ({
      subject,
      wrapped: await this.provider.wrap(tenant, randomBytes(KEY_BYTES), subjectAssociatedData(tenant, subject)),
    });
    let stored = await this.keys.find(write, subjects);
    const absent = subjects.filter((subject) => !stored.has(subject));
    if (absent.length > 0) {
      await this.keys.insertMissing(write, await Promise.all(absent.map(missing)));
      stored = await this.keys.find(write, subjects);
    }
    return Promise.all(
      subjects.map(async (subject) => {
        const key = stored.get(subject);
        // sealed under a key that nobody keeps: written, proven, and never readable
        return key ? this.provider.unwrap(tenant, key, subjectAssociatedData(tenant, subject)) : randomBytes(KEY_BYTES);
      }),
    );
  }
}

/** The same data key under the tenant's newest generation. Throws Fault SEAL_BROKEN or KEY_UNKNOWN. */
export async function rewrapped(provider: KeyProvider, tenant: TenantId, wrapped: Uint8Array): Promise<Uint8Array> {
  const envelope = JSON.parse(new TextDecoder().decode(wrapped)) as Envelope;
  assert(envelope.v === 1, 'a wrapped data key is of version 1');
  const associated = associatedData(tenant);
  const inner = await provider.unwrap(tenant, { keyId: envelope.keyId, bytes: fromBase64(envelope.key) }, associated);
  const { keyId, bytes } = await provider.wrap(tenant, inner, associated);
  inner.fill(0);
  return canonicalBytes({ ...envelope, keyId, key: toBase64(bytes) });
}

function associatedData(tenant: TenantId): Uint8Array {
  return utf8(`imprimatur/data-key/v1\0${tenant}`);
}

/** What a subject's key is bound to while it is wrapped. */
export function subjectAssociatedData(tenant: TenantId, subject: SubjectId): Uint8Array {
  return utf8(`imprimatur/subject-key/v1\0${tenant}\0${subject}`);
}
