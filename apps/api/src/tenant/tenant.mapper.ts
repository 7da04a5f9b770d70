import type { Tenant } from '@imprimatur/domain/identity';
import { toPublicId } from '@imprimatur/kernel';

export function toTenant(tenant: Tenant): object {
  return { __typename: 'Tenant', id: toPublicId('tenant', tenant.id), name: tenant.name, createdAt: tenant.createdAt };
}
