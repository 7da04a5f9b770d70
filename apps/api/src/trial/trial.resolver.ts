import type { MaybeAssertion } from '@imprimatur/domain/identity';
import { PolicyService, type StoredBundle, TrialService } from '@imprimatur/domain/policies';
import { type BundleId, type Context, notFound, ok, parseId, refuse, type Result } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf, valueOf } from '../door/index.js';
import { toPolicyVersion } from '../policy/policy.mapper.js';
import { toTrial } from './trial.mapper.js';

interface OneInput {
  readonly idempotencyKey: string;
  readonly policyVersion: string;
}

interface CanaryInput extends OneInput {
  readonly sharePermille: number;
  readonly assertion?: MaybeAssertion;
}

@Resolver()
export class TrialResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly policies: PolicyService,
    private readonly trials: TrialService,
  ) {}

  @Query('policyTrial')
  async trial(@Caller() context: Context): Promise<object | null> {
    const report = await this.unitOfWork.read(context, (read) => this.trials.report(read));
    return report && toTrial(report);
  }

  @Mutation('shadowPolicy')
  async shadow(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.change(context, 'shadowPolicy', 'ShadowPolicySuccess', input, (write, id) => this.trials.shadow(write, id));
  }

  @Mutation('canaryPolicy')
  async canary(@Caller() context: Context, @Args('input') input: CanaryInput): Promise<object> {
    return this.change(context, 'canaryPolicy', 'CanaryPolicySuccess', input, (write, id) =>
      this.trials.canary(write, id, input.sharePermille, input.assertion),
    );
  }

  @Mutation('endPolicyTrial')
  async end(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.change(context, 'endPolicyTrial', 'EndPolicyTrialSuccess', input, (write, id) => this.trials.end(write, id));
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
}
