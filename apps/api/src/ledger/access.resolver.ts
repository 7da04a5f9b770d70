import { type AccessWish, type LogAccess, LogAccesses } from '@imprimatur/domain/ledger';
import { allow } from '@imprimatur/domain/identity';
import { type Context, type LogAccessId, notFound, ok, parseId, refuse, toPublicId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  contextFor,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
  valueOf,
  valueOrNull,
} from '../door/index.js';

type GrantLogAccessInput = { readonly idempotencyKey: string } & Partial<AccessWish>;

@Resolver()
export class AccessResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly accesses: LogAccesses,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('access', 'LogAccess', async (door, id) => {
      const context = contextFor(door);
      if (allow(context, 'read', 'LogAccess')) return null;
      const found = await this.unitOfWork.read(context, (read) => this.accesses.find(read, id as LogAccessId));
      const access = valueOrNull(found);
      return access && toAccess(access);
    });
  }

  @Query('logAccesses')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const rows = await this.unitOfWork.read(context, (read) => this.accesses.list(read, page.limit, page.after as LogAccessId | null));
    return toConnection(page, rows, ({ id }) => id, toAccess);
  }

  @Mutation('grantLogAccess')
  async grant(@Caller() context: Context, @Args('input') input: GrantLogAccessInput): Promise<object> {
    // leaves the transaction beside the stored answer, which must not hold it: a repetition finds the access and no url
    const told: { token: string | null } = { token: null };
    const result = await this.mutations.run(context, 'grantLogAccess', input, async (write) => {
      const wish = { note: input.note ?? null, expiresAt: input.expiresAt ?? null, hours: input.hours ?? null };
      const granted = await this.accesses.grant(write, wish);
      if (!granted.ok) return granted;
      told.token = granted.value.token;
      return ok(granted.value.access.id);
    });
    return payloadOf(result, 'GrantLogAccessSuccess', async (id) => ({
      ...(await this.field(context, id)),
      url: told.token && `/log/${told.token}/`,
    }));
  }

  @Mutation('revokeLogAccess')
  async revoke(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly access: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'revokeLogAccess', input, async (write) => {
      const id = parseId('access', input.access);
      const revoked = id ? await this.accesses.revoke(write, id) : refuse(notFound('access to the log'));
      return revoked.ok ? ok(revoked.value.id) : revoked;
    });
    return payloadOf(result, 'RevokeLogAccessSuccess', (id) => this.field(context, id));
  }

  private async field(context: Context, id: LogAccessId): Promise<{ readonly access: object }> {
    return { access: toAccess(await this.unitOfWork.read(context, async (read) => valueOf(await this.accesses.find(read, id)))) };
  }
}

function toAccess(access: LogAccess): object {
  const { note, grantedBy, grantedAt, expiresAt, revokedAt, usedAt } = access;
  return {
    __typename: 'LogAccess',
    id: toPublicId('access', access.id),
    note,
    grantedBy: grantedBy && toPublicId('subject', grantedBy),
    grantedAt,
    expiresAt,
    revokedAt,
    usedAt,
  };
}
