import { KeyRotation } from '@imprimatur/domain/ledger';
import { type Context, ok } from '@imprimatur/kernel';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf } from '../door/index.js';

@Resolver()
export class KeyResolver {
  constructor(
    private readonly mutations: MutationRunner,
    private readonly rotation: KeyRotation,
  ) {}

  @Mutation('rotateKeys')
  async rotate(@Caller() context: Context, @Args('input') input: { readonly idempotencyKey: string }): Promise<object> {
    const result = await this.mutations.run(context, 'rotateKeys', input, async (write) => ok(await this.rotation.request(write)));
    return payloadOf(result, 'RotateKeysSuccess', (replaces) => ({ replaces }));
  }
}
