import { Ledger } from '@imprimatur/domain/ledger';
import { newId, notFound, ok, refuse, type Result, systemClock, systemContext, type TenantId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { allow } from './abilities.js';
import { tenantCreated } from './identity.events.js';
import { type IdentityRefusal, nameInvalid } from './identity.refusals.js';
import { IdentityRepository } from './identity.repository.js';
import { isName } from './identity.rules.js';
import type { ExternalIdentity, Tenant } from './identity.types.js';
import { MemberService } from './member.service.js';

export interface NewTenant {
  readonly name: string;
  /** Becomes the tenant's first member, with the role tenant-admin; null: none yet. */
  readonly administrator: { readonly displayName: string; readonly identity: ExternalIdentity } | null;
}

/** What else a new tenant begins with, written inside it and in the same transaction: other nouns' work, handed in by a flow. */
export type FoundTenant = (inside: WriteContext) => Promise<void>;

@Injectable()
export class TenantService {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly members: MemberService,
    private readonly ledger: Ledger,
  ) {}

  /** The tenant of the context; the one that everybody in it may see. */
  async current(read: ReadContext): Promise<Result<Tenant, IdentityRefusal>> {
    const tenant = await this.identities.findTenant(read);
    return tenant ? ok(tenant) : refuse(notFound('tenant'));
  }

  /** For operators. The new tenant's first events stand in its own log, written by the system: the operator is nobody there. */
  async create(
    write: WriteContext,
    wish: NewTenant,
    found: FoundTenant,
    id: TenantId = newId('tenant'),
  ): Promise<Result<Tenant, IdentityRefusal>> {
    const denied = allow(write.context, 'create', 'Tenant');
    if (denied) return refuse(denied);
    if (!isName(wish.name)) return refuse(nameInvalid());
    const tenant: Tenant = { id, name: wish.name, createdAt: systemClock.now() };
    return this.identities.inTenant(write, id, async (inside) => {
      const asSystem = { ...inside, context: systemContext(id, write.context.requestId) };
      await this.identities.insertTenant(asSystem, tenant);
      await this.ledger.append(asSystem, tenantCreated(tenant));
      await found(asSystem);
      if (wish.administrator === null) return ok(tenant);
      const added = await this.members.add(asSystem, { ...wish.administrator, kind: 'person', roles: ['tenant-admin'] });
      return added.ok ? ok(tenant) : added;
    });
  }
}
