import type { Actor, ApiKeyId, Role, SubjectId, TenantId } from '@imprimatur/kernel';

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  readonly createdAt: Date;
}

/** Somebody or something that acts or is shown: actors and depicted people are both subjects, so that erasure reaches both. */
export interface Subject {
  readonly id: SubjectId;
  readonly kind: 'person' | 'service';
  /** Pseudonym (UUID) that the ledger and manifests carry. */
  readonly ref: string;
  /** Null: erased, or never told. */
  readonly displayName: string | null;
}

export interface Member {
  readonly subject: Subject;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
}

/** How an identity provider calls a person: the pair is unique in a tenant. */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly sub: string;
}

export interface ApiKey {
  readonly id: ApiKeyId;
  readonly name: string;
  /** The service that the key acts as. */
  readonly subject: SubjectId;
  readonly roles: readonly Role[];
  /** `action:SubjectType`, either side may be `*`. A key never does more than its roles allow. */
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Whom a credential stands for, in one tenant. */
export interface Principal {
  readonly tenant: TenantId;
  readonly actor: Actor;
  /** Null: everything that the roles allow. */
  readonly scopes: readonly string[] | null;
}
