import { ApiKeyService } from '@imprimatur/domain/identity';
import { type ApiKeyId, type Context, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
  valueOf,
} from '../door/index.js';
import { fromRoleName } from '../viewer/role.mapper.js';
import { ApiKeyLoader } from './api-key.loader.js';
import { toApiKey } from './api-key.mapper.js';

interface CreateApiKeyInput {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly expiresAt?: Date | null;
}

@Resolver()
export class ApiKeyResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly keys: ApiKeyService,
    private readonly loader: ApiKeyLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('key', 'ApiKey', async (door, id) => {
      const key = await this.loader.load(door, id as ApiKeyId);
      return key && toApiKey(key);
    });
  }

  @Query('apiKeys')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const keys = await this.unitOfWork.read(context, async (read) =>
      valueOf(await this.keys.list(read, { first: page.limit, after: page.after })),
    );
    return toConnection(page, keys, ({ id }) => id, toApiKey);
  }

  @Mutation('createApiKey')
  async create(@Caller() context: Context, @Args('input') input: CreateApiKeyInput): Promise<object> {
    // leaves the transaction beside the stored answer, which must not hold it: a repetition finds the key and no secret
    const told: { secret: string | null } = { secret: null };
    const result = await this.mutations.run(context, 'createApiKey', input, async (write) => {
      const wish = { name: input.name, roles: input.roles.map(fromRoleName), scopes: input.scopes, expiresAt: input.expiresAt ?? null };
      const created = await this.keys.create(write, wish);
      if (!created.ok) return created;
      told.secret = created.value.secret;
      return ok(created.value.key.id);
    });
    return payloadOf(result, 'CreateApiKeySuccess', async (id) => ({ ...(await this.field(context, id)), secret: told.secret }));
  }

  @Mutation('revokeApiKey')
  async revoke(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly apiKey: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'revokeApiKey', input, async (write) => {
      const id = parseId('key', input.apiKey);
      const revoked = id ? await this.keys.revoke(write, id) : refuse(notFound('API key'));
      return revoked.ok ? ok(revoked.value.id) : revoked;
    });
    return payloadOf(result, 'RevokeApiKeySuccess', (id) => this.field(context, id));
  }

  private async field(context: Context, id: ApiKeyId): Promise<{ readonly apiKey: object }> {
    return { apiKey: toApiKey(await this.unitOfWork.read(context, async (read) => valueOf(await this.keys.find(read, id)))) };
  }
}
