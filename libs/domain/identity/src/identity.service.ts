import { createHash } from 'node:crypto';
import { systemClock } from '@imprimatur/kernel';
import { Injectable } from '@nestjs/common';
import { type CredentialHolder, CredentialRepository } from './credential.repository.js';
import { isKeyValid } from './identity.rules.js';
import type { ExternalIdentity, Principal } from './identity.types.js';

export const API_KEY_PREFIX = 'imp_';

/** SHA-256 of the whole token: 32 random bytes need no slow hash. */
export function hashApiKey(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

function principalOf(holder: CredentialHolder, scopes: readonly string[] | null): Principal {
  return {
    tenant: holder.tenant,
    actor: { kind: holder.kind, subject: holder.subject, ref: holder.ref, roles: holder.roles },
    scopes,
  };
}

/** Turns a credential that was presented into whom it stands for. Proving a bearer token's signature is the door's work. */
@Injectable()
export class IdentityService {
  constructor(private readonly credentials: CredentialRepository) {}

  /** Null: no such key, revoked, or expired; the caller must not learn which. */
  async principalOfKey(token: string): Promise<Principal | null> {
    if (!token.startsWith(API_KEY_PREFIX)) return null;
    const holder = await this.credentials.byKeyHash(hashApiKey(token));
    return holder && isKeyValid(holder, systemClock.now()) ? principalOf(holder, holder.scopes) : null;
  }

  /** One principal per tenant that the identity is a member of; empty for a stranger. */
  async principalsOf(identity: ExternalIdentity): Promise<readonly Principal[]> {
    return (await this.credentials.byIdentity(identity)).map((holder) => principalOf(holder, null));
  }
}
