import type { MaybeAssertion } from '@imprimatur/domain/identity';
import { PolicyService, type StoredBundle } from '@imprimatur/domain/policies';
import { type BundleId, type Context, notFound, ok, parseId, refuse, type Result } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
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
  valueOrNull,
} from '../door/index.js';
import { PolicyVersionLoader } from './policy.loader.js';
import { toPolicyBundle, toPolicyVersion } from './policy.mapper.js';

interface OneInput {
  readonly idempotencyKey: string;
  readonly policyVersion: string;
  readonly assertion?: MaybeAssertion;
}

@Resolver()
export class PolicyResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly policies: PolicyService,
    private readonly loader: PolicyVersionLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('bundle', 'PolicyVersion', (door, id) => this.load(door, id as BundleId));
  }

  @Query('activePolicy')
  async active(@Caller() context: Context): Promise<object> {
    return toPolicyBundle(await this.unitOfWork.read(context, (read) => this.policies.active(read)));
  }

  @Query('policyVersion')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('bundle', text);
    return id && this.load(door, id);
  }

  @Query('policyVersions')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const after = page.after as BundleId | null;
    const found = await this.unitOfWork.read(context, (read) => this.policies.list(read, { first: page.limit, after }));
    return toConnection(page, found, ({ id }) => id, toPolicyVersion);
  }

  @Query('policyDiff')
  async diff(@Caller() context: Context, @Args('from') fromText: string, @Args('to') toText: string): Promise<readonly object[] | null> {
    const [from, to] = [parseId('bundle', fromText), parseId('bundle', toText)];
    if (!from || !to) return null;
    const changes = valueOrNull(await this.unitOfWork.read(context, (read) => this.policies.diff(read, from, to)));
    return changes && changes.map((change) => ({ ...change, kind: change.kind.toUpperCase() }));
  }

  @Mutation('activatePolicy')
  async activate(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.change(context, 'activatePolicy', 'ActivatePolicySuccess', input, (write, id) =>
      this.policies.activate(write, id, input.assertion),
    );
  }

  @Mutation('rollBackPolicy')
  async rollBack(@Caller() context: Context, @Args('input') input: OneInput & { readonly reason: string }): Promise<object> {
    return this.change(context, 'rollBackPolicy', 'RollBackPolicySuccess', input, (write, id) =>
      this.policies.rollBack(write, id, input.reason, input.assertion),
    );
  }

  private async change(
    context: Context,
    operation: string,
    success: string,
    input: OneInput,
    work: (write: WriteContext, id: BundleId) => Promise<Result<StoredBundle>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const id = parseId('bundle', input.policyVersion);
      const changed = id ? await work(write, id) : refuse(notFound('policy version'));
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => {
      const found = await this.unitOfWork.read(context, async (read) => valueOf(await this.policies.find(read, id)));
      return { policyVersion: toPolicyVersion(found) };
    });
  }

  private async load(door: DoorContext, id: BundleId): Promise<object | null> {
    const bundle = await this.loader.load(door, id);
    return bundle && toPolicyVersion(bundle);
  }
}
