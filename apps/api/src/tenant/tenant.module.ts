import { TenantFlowModule } from '@imprimatur/flows/tenants';
import { Module } from '@nestjs/common';
import { TenantResolver } from './tenant.resolver.js';

@Module({ imports: [TenantFlowModule], providers: [TenantResolver] })
export class TenantModule {}
