import { assert, newId, type Role, systemContext } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { IdentityRepository } from './identity.repository.js';
import { IdentityService } from './identity.service.js';
import { MemberService } from './member.service.js';
import { type FoundTenant, TenantService } from './tenant.service.js';

/** Issuer of the development sign-in's tokens. No real identity provider has a URN of ours as its issuer. */
export const DEVELOPMENT_ISSUER = 'urn:imprimatur:development';

export interface Demonstrator {
  /** What one signs in as. */
  readonly person: string;
  readonly displayName: string;
  readonly kind: 'person' | 'service';
  readonly roles: readonly Role[];
}

/** The members of the demonstration tenant. */
export const DEMONSTRATORS: readonly Demonstrator[] = [
  { person: 'ana', displayName: 'Ana', kind: 'person', roles: ['creator'] },
  { person: 'ben', displayName: 'Ben', kind: 'person', roles: ['approver'] },
  { person: 'lea', displayName: 'Lea', kind: 'person', roles: ['legal'] },
  { person: 'pia', displayName: 'Pia', kind: 'person', roles: ['policy-admin'] },
  { person: 'axel', displayName: 'Axel', kind: 'person', roles: ['auditor'] },
  { person: 'tom', displayName: 'Tom', kind: 'person', roles: ['tenant-admin'] },
  { person: 'service', displayName: 'Demo service', kind: 'service', roles: ['integrator'] },
];

/** Development mode only: the tenant `demo` with six people and one service. */
@Injectable()
export class DemonstrationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: IdentityRepository,
    private readonly identity: IdentityService,
    private readonly tenants: TenantService,
    private readonly members: MemberService,
  ) {}

  /** Makes the tenant unless it exists; any number of processes may call it at once. Answers whether it was made now. */
  async bootstrap(found: FoundTenant): Promise<boolean> {
    const tenant = newId('tenant');
    return this.unitOfWork.write(systemContext(tenant, newId('request')), async (write) => {
      await this.identities.lockBootstrap(write);
      if ((await this.identity.principalsOf({ issuer: DEVELOPMENT_ISSUER, sub: 'ana' })).length > 0) return false;
      granted(await this.tenants.create(write, { name: 'demo', administrator: null }, found, tenant));
      for (const { person, ...member } of DEMONSTRATORS) {
        granted(await this.members.add(write, { ...member, identity: { issuer: DEVELOPMENT_ISSUER, sub: person } }));
      }
      return true;
    });
  }
}

function granted(result: { readonly ok: boolean }): void {
  assert(result.ok, 'the system may make the demonstration tenant');
}
