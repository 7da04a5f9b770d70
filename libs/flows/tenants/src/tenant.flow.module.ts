import { IdentityModule } from '@imprimatur/domain/identity';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { Module } from '@nestjs/common';
import { TenantFlow } from './tenant.flow.js';

@Module({ imports: [IdentityModule, PoliciesModule], providers: [TenantFlow], exports: [TenantFlow] })
export class TenantFlowModule {}
