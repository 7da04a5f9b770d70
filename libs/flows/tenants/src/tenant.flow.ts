import { DemonstrationService, type NewTenant, type Tenant, TenantService } from '@imprimatur/domain/identity';
import { PolicyService } from '@imprimatur/domain/policies';
import type { Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** A new tenant is never without a policy. */
@Injectable()
export class TenantFlow {
  constructor(
    private readonly tenants: TenantService,
    private readonly demonstration: DemonstrationService,
    private readonly policies: PolicyService,
  ) {}

  async create(write: WriteContext, wish: NewTenant): Promise<Result<Tenant>> {
    return this.tenants.create(write, wish, (inside) => this.found(inside));
  }

  /** Development mode only. Answers whether the demonstration tenant was made now. */
  async bootstrapDemonstration(): Promise<boolean> {
    return this.demonstration.bootstrap((inside) => this.found(inside));
  }

  private async found(inside: WriteContext): Promise<void> {
    await this.policies.ensureStarter(inside);
  }
}
