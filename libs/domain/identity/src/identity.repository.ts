import type { ApiKeyId, Role, SubjectId, TenantId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { ApiKeyRow, ExternalIdentityRow, MemberRow, SubjectRow, TenantRow } from './identity.entity.js';
import type { ApiKey, ExternalIdentity, Member, Subject, Tenant } from './identity.types.js';

function toSubject(row: SubjectRow): Subject {
  return { id: row.id as SubjectId, kind: row.kind as Subject['kind'], ref: row.ref, displayName: row.displayName };
}

function toKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id as ApiKeyId,
    name: row.name,
    subject: row.subject as SubjectId,
    roles: row.roles as Role[],
    scopes: row.scopes,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    revokedAt: row.revokedAt,
  };
}

/** Where a page begins and how long it is. */
export interface Slice {
  readonly first: number;
  /** Id of the last row of the page before; null: from the start. */
  readonly after: string | null;
}

@Injectable()
export class IdentityRepository {
  async findTenant(read: ReadContext): Promise<Tenant | null> {
    const row = await read.manager.findOneBy(TenantRow, { id: read.context.tenant });
    return row && { id: row.id as TenantId, name: row.name, createdAt: row.createdAt };
  }

  async insertTenant(write: WriteContext, tenant: Tenant): Promise<void> {
    await write.manager.insert(TenantRow, tenant);
  }

  /** One at a time across all processes, until the transaction ends. */
  async lockBootstrap(write: WriteContext): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtext('imprimatur/demonstration-tenant'))`);
  }

  /** Lets this transaction write into another tenant while `work` runs: for the operator who creates one, and nothing else. */
  async inTenant<T>(write: WriteContext, tenant: TenantId, work: (write: WriteContext) => Promise<T>): Promise<T> {
    const enter = (id: TenantId) => write.manager.query(`select set_config('app.tenant_id', $1, true)`, [id]);
    await enter(tenant);
    const value = await work({ ...write, context: { ...write.context, tenant } });
    await enter(write.context.tenant);
    return value;
  }

  async findSubject(read: ReadContext, id: SubjectId): Promise<Subject | null> {
    const row = await read.manager.findOneBy(SubjectRow, { tenant: read.context.tenant, id });
    return row && toSubject(row);
  }

  async insertSubject(write: WriteContext, subject: Subject, createdAt: Date): Promise<void> {
    await write.manager.insert(SubjectRow, { tenant: write.context.tenant, ...subject, createdAt });
  }

  /** False when the pair is taken in this tenant. */
  async insertIdentity(write: WriteContext, id: string, subject: SubjectId, identity: ExternalIdentity, createdAt: Date): Promise<boolean> {
    const done = await write.manager
      .createQueryBuilder()
      .insert()
      .into(ExternalIdentityRow)
      .values({ tenant: write.context.tenant, id, subject, issuer: identity.issuer, externalSub: identity.sub, createdAt })
      .orIgnore()
      .returning('id')
      .execute();
    return (done.raw as unknown[]).length > 0;
  }

  async insertMember(write: WriteContext, id: SubjectId, roles: readonly Role[], createdAt: Date): Promise<void> {
    await write.manager.insert(MemberRow, { tenant: write.context.tenant, id, roles: [...roles], createdAt });
  }

  async findMember(read: ReadContext, id: SubjectId): Promise<Member | null> {
    const row = await read.manager.findOneBy(MemberRow, { tenant: read.context.tenant, id });
    const subject = row && (await this.findSubject(read, id));
    return row && subject && { subject, roles: row.roles as Role[], createdAt: row.createdAt };
  }

  /** Locks every membership row, so that two changes of roles are decided one after the other. */
  async lockMembers(write: WriteContext): Promise<readonly { readonly id: SubjectId; readonly roles: readonly Role[] }[]> {
    const rows = await write.manager
      .createQueryBuilder(MemberRow, 'm')
      .where('m.tenant = :tenant', { tenant: write.context.tenant })
      .orderBy('m.id')
      .setLock('pessimistic_write')
      .getMany();
    return rows.map((row) => ({ id: row.id as SubjectId, roles: row.roles as Role[] }));
  }

  async administrators(read: ReadContext): Promise<readonly SubjectId[]> {
    const rows = await read.manager.query<{ id: SubjectId }[]>(
      `select id from member where tenant = $1 and 'tenant-admin' = any (roles) order by id`,
      [read.context.tenant],
    );
    return rows.map(({ id }) => id);
  }

  async updateRoles(write: WriteContext, id: SubjectId, roles: readonly Role[]): Promise<void> {
    await write.manager.update(MemberRow, { tenant: write.context.tenant, id }, { roles: [...roles] });
  }

  async holders(read: ReadContext, roles: readonly Role[], first: number): Promise<readonly Member[]> {
    const rows = await read.manager
      .createQueryBuilder(MemberRow, 'm')
      .where('m.tenant = :tenant and m.roles && :roles', { tenant: read.context.tenant, roles: [...roles] })
      .orderBy('m.id')
      .take(first)
      .getMany();
    return this.withSubjects(read, rows);
  }

  /** Oldest first: ids are time-ordered, and the id alone decides the order. */
  async members(read: ReadContext, slice: Slice): Promise<readonly Member[]> {
    const query = read.manager
      .createQueryBuilder(MemberRow, 'm')
      .where('m.tenant = :tenant', { tenant: read.context.tenant })
      .orderBy('m.id')
      .take(slice.first);
    if (slice.after !== null) query.andWhere('m.id > :after', { after: slice.after });
    return this.withSubjects(read, await query.getMany());
  }

  async membersOf(read: ReadContext, ids: readonly SubjectId[]): Promise<readonly Member[]> {
    return this.withSubjects(read, await read.manager.findBy(MemberRow, { tenant: read.context.tenant, id: In([...ids]) }));
  }

  private async withSubjects(read: ReadContext, rows: readonly MemberRow[]): Promise<readonly Member[]> {
    const subjects = new Map(
      (
        await this.subjects(
          read,
          rows.map((row) => row.id),
        )
      ).map((subject) => [subject.id as string, subject]),
    );
    return rows.flatMap((row) => {
      const subject = subjects.get(row.id);
      return subject ? [{ subject, roles: row.roles as Role[], createdAt: row.createdAt }] : [];
    });
  }

  async subjects(read: ReadContext, ids: readonly string[]): Promise<readonly Subject[]> {
    return (await read.manager.findBy(SubjectRow, { tenant: read.context.tenant, id: In([...ids]) })).map(toSubject);
  }

  async insertKey(write: WriteContext, key: ApiKey, hash: Uint8Array): Promise<void> {
    await write.manager.insert(ApiKeyRow, {
      ...key,
      tenant: write.context.tenant,
      roles: [...key.roles],
      scopes: [...key.scopes],
      hash: Buffer.from(hash),
    });
  }

  async findKey(read: ReadContext, id: ApiKeyId): Promise<ApiKey | null> {
    const row = await read.manager.findOneBy(ApiKeyRow, { tenant: read.context.tenant, id });
    return row && toKey(row);
  }

  async revokeKey(write: WriteContext, id: ApiKeyId, at: Date): Promise<void> {
    await write.manager.update(ApiKeyRow, { tenant: write.context.tenant, id }, { revokedAt: at });
  }

  async keysOf(read: ReadContext, ids: readonly ApiKeyId[]): Promise<readonly ApiKey[]> {
    return (await read.manager.findBy(ApiKeyRow, { tenant: read.context.tenant, id: In([...ids]) })).map(toKey);
  }

  async keys(read: ReadContext, slice: Slice): Promise<readonly ApiKey[]> {
    const query = read.manager
      .createQueryBuilder(ApiKeyRow, 'k')
      .where('k.tenant = :tenant', { tenant: read.context.tenant })
      .orderBy('k.id')
      .take(slice.first);
    if (slice.after !== null) query.andWhere('k.id > :after', { after: slice.after });
    return (await query.getMany()).map(toKey);
  }
}
