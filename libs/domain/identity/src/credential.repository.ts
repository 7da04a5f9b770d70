import type { Role, SubjectId, TenantId } from '@imprimatur/kernel';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiKeyRow, ExternalIdentityRow, MemberRow, SubjectRow } from './identity.entity.js';
import type { ExternalIdentity } from './identity.types.js';

/** The acting side of a credential, before anybody asked whether it is still valid. */
export interface CredentialHolder {
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly ref: string;
  readonly kind: 'person' | 'service';
  readonly roles: readonly Role[];
}

export interface KeyHolder extends CredentialHolder {
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/**
 * Finds who holds a credential before any tenant is known. Two narrow SELECT policies make that possible, and nothing more: a key's
 * row shows when its hash, an identity's row when its issuer and sub, equal what this transaction says it looks for. Everything
 * after that first row is read inside the tenant that the row names.
 */
@Injectable()
export class CredentialRepository {
  constructor(private readonly dataSource: DataSource) {}

  async byKeyHash(hash: Uint8Array): Promise<KeyHolder | null> {
    return this.readOnly(async (manager) => {
      const hex = Buffer.from(hash).toString('hex');
      await manager.query(`select set_config('app.key_lookup', $1, true)`, [hex]);
      const key = await manager.findOneBy(ApiKeyRow, { hash: Buffer.from(hash) });
      if (!key) return null;
      const subject = await this.subjectIn(manager, key.tenant, key.subject);
      return {
        tenant: key.tenant as TenantId,
        subject: key.subject as SubjectId,
        ref: subject.ref,
        kind: 'service',
        roles: key.roles as Role[],
        scopes: key.scopes,
        expiresAt: key.expiresAt,
        revokedAt: key.revokedAt,
      };
    });
  }

  /** One per tenant that the person is a member of, in the order of the tenants' ids. */
  async byIdentity(identity: ExternalIdentity): Promise<readonly CredentialHolder[]> {
    return this.readOnly(async (manager) => {
      await manager.query(`select set_config('app.identity_issuer', $1, true), set_config('app.identity_sub', $2, true)`, [
        identity.issuer,
        identity.sub,
      ]);
      const rows = await manager.find(ExternalIdentityRow, {
        where: { issuer: identity.issuer, externalSub: identity.sub },
        order: { tenant: 'ASC' },
      });
      const holders: CredentialHolder[] = [];
      for (const row of rows) {
        const subject = await this.subjectIn(manager, row.tenant, row.subject);
        const member = await manager.findOneBy(MemberRow, { tenant: row.tenant, id: row.subject });
        if (!member) continue;
        holders.push({
          tenant: row.tenant as TenantId,
          subject: row.subject as SubjectId,
          ref: subject.ref,
          kind: subject.kind as CredentialHolder['kind'],
          roles: member.roles as Role[],
        });
      }
      return holders;
    });
  }

  private async subjectIn(manager: EntityManager, tenant: string, id: string): Promise<SubjectRow> {
    await manager.query(`select set_config('app.tenant_id', $1, true)`, [tenant]);
    return manager.findOneByOrFail(SubjectRow, { tenant, id });
  }

  private readOnly<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`set transaction read only`);
      return work(manager);
    });
  }
}
