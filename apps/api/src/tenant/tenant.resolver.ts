import type { ExternalIdentity } from '@imprimatur/domain/identity';
import { TenantFlow } from '@imprimatur/flows/tenants';
import { type Context, ok, toPublicId } from '@imprimatur/kernel';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf } from '../door/index.js';

interface CreateTenantInput {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly administrator: { readonly displayName: string; readonly identity: ExternalIdentity };
}

@Resolver()
export class TenantResolver {
  constructor(
    private readonly mutations: MutationRunner,
    private readonly tenants: TenantFlow,
  ) {}

  @Mutation('createTenant')
  async createTenant(@Caller() context: Context, @Args('input') input: CreateTenantInput): Promise<object> {
    const result = await this.mutations.run(context, 'createTenant', input, async (write) => {
      const created = await this.tenants.create(write, input);
      return created.ok ? ok(created.value.id) : created;
    });
    return payloadOf(result, 'CreateTenantSuccess', (tenant) => ({ tenantId: toPublicId('tenant', tenant) }));
  }
}
