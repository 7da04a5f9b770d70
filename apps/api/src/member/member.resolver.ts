import {
  type ExternalIdentity,
  GrantService,
  type IdentityRefusal,
  type MaybeAssertion,
  type Member,
  MemberService,
} from '@imprimatur/domain/identity';
import { type Context, notFound, ok, parseId, refuse, type Result, type Role, type SubjectId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  Door,
  type DoorContext,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
  valueOf,
} from '../door/index.js';
import { fromRoleName } from '../viewer/role.mapper.js';
import { GrantsOfMemberLoader, MemberLoader } from './member.loader.js';
import { type MemberParent, toGrant, toMember } from './member.mapper.js';

interface AddMemberInput {
  readonly idempotencyKey: string;
  readonly displayName: string;
  readonly identity: ExternalIdentity;
  readonly roles: readonly string[];
}

interface RoleInput {
  readonly idempotencyKey: string;
  readonly member: string;
  readonly role: string;
}

@Resolver('Member')
export class MemberResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly members: MemberService,
    private readonly grants: GrantService,
    private readonly loader: MemberLoader,
    private readonly grantsOf: GrantsOfMemberLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('subject', 'Member', async (door, id) => {
      const member = await this.loader.load(door, id as SubjectId);
      return member && toMember(member);
    });
  }

  @Query('members')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const members = await this.unitOfWork.read(context, async (read) =>
      valueOf(await this.members.list(read, { first: page.limit, after: page.after })),
    );
    return toConnection(page, members, ({ subject }) => subject.id, toMember);
  }

  @Mutation('addMember')
  async add(@Caller() context: Context, @Args('input') input: AddMemberInput): Promise<object> {
    const member = { ...input, kind: 'person' as const, roles: input.roles.map(fromRoleName) };
    return this.answer(context, 'addMember', 'AddMemberSuccess', input, (write) => this.members.add(write, member));
  }

  @Mutation('grantRole')
  async grant(@Caller() context: Context, @Args('input') input: RoleInput): Promise<object> {
    return this.answer(context, 'grantRole', 'GrantRoleSuccess', input, (write) =>
      this.withRole(input, (id, role) => this.members.grantRole(write, id, role)),
    );
  }

  @Mutation('confirmRoleGrant')
  async confirm(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly grant: string; readonly assertion?: MaybeAssertion },
  ): Promise<object> {
    const id = parseId('grant', input.grant);
    return this.answer(context, 'confirmRoleGrant', 'ConfirmRoleGrantSuccess', input, async (write) =>
      id ? this.grants.confirm(write, id, input.assertion ?? null) : refuse(notFound('grant')),
    );
  }

  @Mutation('revokeRole')
  async revoke(@Caller() context: Context, @Args('input') input: RoleInput): Promise<object> {
    return this.answer(context, 'revokeRole', 'RevokeRoleSuccess', input, (write) =>
      this.withRole(input, (id, role) => this.members.revokeRole(write, id, role)),
    );
  }

  @ResolveField('grants')
  async grantsOfMember(@Door() door: DoorContext, @Parent() { subjectId }: MemberParent): Promise<readonly object[]> {
    return ((await this.grantsOf.load(door, subjectId)) ?? []).map(toGrant);
  }

  private async withRole(
    input: RoleInput,
    change: (id: SubjectId, role: Role) => Promise<Result<Member, IdentityRefusal>>,
  ): Promise<Result<Member, IdentityRefusal>> {
    const id = parseId('subject', input.member);
    return id ? change(id, fromRoleName(input.role)) : refuse(notFound('member'));
  }

  private async answer(
    context: Context,
    operation: string,
    typename: string,
    input: { readonly idempotencyKey: string },
    work: (write: WriteContext) => Promise<Result<Member, IdentityRefusal>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const changed = await work(write);
      return changed.ok ? ok(changed.value.subject.id) : changed;
    });
    return payloadOf(result, typename, async (id) => ({
      member: toMember(await this.unitOfWork.read(context, async (read) => valueOf(await this.members.find(read, id)))),
    }));
  }
}
