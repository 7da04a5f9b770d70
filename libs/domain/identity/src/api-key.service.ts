import { randomBytes } from 'node:crypto';
import { Ledger } from '@imprimatur/domain/ledger';
import { type ApiKeyId, newId, notFound, ok, refuse, type Result, type Role, systemClock, toBase64Url } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { allow } from './abilities.js';
import { keyCreated, keyRevoked } from './identity.events.js';
import { expiryInvalid, type IdentityRefusal, nameInvalid, roleNotGrantable, scopeInvalid } from './identity.refusals.js';
import { IdentityRepository, type Slice } from './identity.repository.js';
import { isName, isScope, mayGrant } from './identity.rules.js';
import { API_KEY_PREFIX, hashApiKey } from './identity.service.js';
import type { ApiKey } from './identity.types.js';
import { SubjectService } from './subject.service.js';

export interface NewApiKey {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

export interface CreatedApiKey {
  readonly key: ApiKey;
  /** `imp_` and 43 characters (32 random bytes). Told once; only its hash is kept. */
  readonly secret: string;
}

/** Keys of services. Each acts as a subject of its own, so that the ledger tells services apart. */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly subjects: SubjectService,
    private readonly ledger: Ledger,
  ) {}

  async create(write: WriteContext, wish: NewApiKey): Promise<Result<CreatedApiKey, IdentityRefusal>> {
    const refusal = allow(write.context, 'administer', 'ApiKey') ?? this.reasonAgainst(write, wish);
    if (refusal) return refuse(refusal);
    const service = await this.subjects.create(write, { kind: 'service', displayName: wish.name });
    const secret = API_KEY_PREFIX + toBase64Url(randomBytes(32));
    const key: ApiKey = {
      id: newId('key'),
      name: wish.name,
      subject: service.id,
      roles: [...new Set(wish.roles)],
      scopes: [...new Set(wish.scopes)],
      createdAt: systemClock.now(),
      expiresAt: wish.expiresAt,
      revokedAt: null,
    };
    await this.identities.insertKey(write, key, hashApiKey(secret));
    await this.ledger.append(write, keyCreated(key, service));
    return ok({ key, secret });
  }

  /** At once and for good. Again: nothing. */
  async revoke(write: WriteContext, id: ApiKeyId): Promise<Result<ApiKey, IdentityRefusal>> {
    const denied = allow(write.context, 'administer', 'ApiKey');
    if (denied) return refuse(denied);
    const key = await this.identities.findKey(write, id);
    if (!key) return refuse(notFound('API key'));
    if (key.revokedAt !== null) return ok(key);
    const revoked = { ...key, revokedAt: systemClock.now() };
    await this.identities.revokeKey(write, id, revoked.revokedAt);
    await this.ledger.append(write, keyRevoked(revoked));
    return ok(revoked);
  }

  async find(read: ReadContext, id: ApiKeyId): Promise<Result<ApiKey, IdentityRefusal>> {
    const key = allow(read.context, 'read', 'ApiKey') ? null : await this.identities.findKey(read, id);
    return key ? ok(key) : refuse(notFound('API key'));
  }

  /** Those of `ids` that exist, in no order; none for an actor who may not read keys. */
  async findMany(read: ReadContext, ids: readonly ApiKeyId[]): Promise<readonly ApiKey[]> {
    return allow(read.context, 'read', 'ApiKey') ? [] : this.identities.keysOf(read, ids);
  }

  /** Oldest first. */
  async list(read: ReadContext, slice: Slice): Promise<Result<readonly ApiKey[], IdentityRefusal>> {
    const denied = allow(read.context, 'read', 'ApiKey');
    return denied ? refuse(denied) : ok(await this.identities.keys(read, slice));
  }

  private reasonAgainst(write: WriteContext, wish: NewApiKey): IdentityRefusal | null {
    if (!isName(wish.name)) return nameInvalid();
    const badScope = wish.scopes.find((scope) => !isScope(scope));
    if (badScope !== undefined) return scopeInvalid(badScope);
    const tooMuch = wish.roles.find((role) => !mayGrant(write.context.actor, role));
    if (tooMuch !== undefined) return roleNotGrantable(tooMuch);
    if (wish.expiresAt !== null && wish.expiresAt <= systemClock.now()) return expiryInvalid();
    return null;
  }
}
