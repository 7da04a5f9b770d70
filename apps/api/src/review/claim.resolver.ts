import { type ClaimedTask, ClaimService, type InHand, ReviewService, type SkipGround } from '@imprimatur/domain/review';
import { QueueFlow } from '@imprimatur/flows/queues';
import { assert, type Context, isUuid, notFound, ok, parseId, refuse, type Result, type TaskId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf } from '../door/index.js';
import { toTask } from './review.mapper.js';

const NO_TASK = {
  code: 'QUEUE_EMPTY',
  message: 'There is nothing that you may review now.',
  remedy: 'Look again later, or in another queue.',
};
/** A poller asks again under the same key. */
const NOT_NOW = ['QUEUE_EMPTY', 'CLAIMS_FULL', 'REVIEWER_ABSENT'];

interface HandInput {
  readonly idempotencyKey: string;
  readonly task: string;
  readonly leaseToken: string;
}

@Resolver()
export class ClaimResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly reviews: ReviewService,
    private readonly claims: ClaimService,
    private readonly flow: QueueFlow,
  ) {}

  @Mutation('claimTask')
  async claim(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly task: string },
  ): Promise<object> {
    const id = parseId('task', input.task);
    return this.claimed(context, 'claimTask', input, (write) =>
      id ? this.flow.claim(write, id) : Promise.resolve(refuse(notFound('review task'))),
    );
  }

  @Mutation('claimNextTask')
  async claimNext(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly queue?: string | null },
  ): Promise<object> {
    return this.claimed(context, 'claimNextTask', input, async (write) => {
      const claimed = await this.flow.claimNext(write, input.queue ?? null);
      if (!claimed.ok) return claimed;
      return claimed.value ? ok(claimed.value) : refuse(NO_TASK);
    });
  }

  @Mutation('extendLease')
  async extend(@Caller() context: Context, @Args('input') input: HandInput): Promise<object> {
    return this.inHand(context, 'extendLease', input, async (write, hand) => {
      const extended = await this.claims.extend(write, hand);
      return extended.ok ? ok(hand.task) : extended;
    });
  }

  @Mutation('returnTask')
  async giveBack(@Caller() context: Context, @Args('input') input: HandInput): Promise<object> {
    return this.inHand(context, 'returnTask', input, (write, hand) => this.claims.giveBack(write, hand));
  }

  @Mutation('skipTask')
  async skip(
    @Caller() context: Context,
    @Args('input') input: HandInput & { readonly ground: string; readonly text: string },
  ): Promise<object> {
    const ground = input.ground.toLowerCase().replaceAll('_', '-') as SkipGround;
    return this.inHand(context, 'skipTask', input, (write, hand) => this.claims.skip(write, hand, ground, input.text));
  }

  @Mutation('snoozeTask')
  async snooze(
    @Caller() context: Context,
    @Args('input') input: HandInput & { readonly until: Date; readonly text: string },
  ): Promise<object> {
    return this.inHand(context, 'snoozeTask', input, (write, hand) => this.claims.snooze(write, hand, input.until, input.text));
  }

  @Mutation('delegateTask')
  async delegate(
    @Caller() context: Context,
    @Args('input') input: HandInput & { readonly to: string; readonly text: string },
  ): Promise<object> {
    const to = parseId('subject', input.to);
    return this.inHand(context, 'delegateTask', input, (write, hand) =>
      to ? this.flow.delegate(write, hand, to, input.text) : Promise.resolve(refuse(notFound('member'))),
    );
  }

  private async inHand(
    context: Context,
    operation: string,
    input: HandInput,
    act: (write: WriteContext, hand: InHand) => Promise<Result<TaskId>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const task = parseId('task', input.task);
      // what is no token at all is a token that nobody has
      const token = isUuid(input.leaseToken) ? input.leaseToken : '';
      return task ? act(write, { task, token }) : refuse(notFound('review task'));
    });
    const typename = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Success`;
    return payloadOf(result, typename, async (id) => ({ task: await this.read(context, id) }));
  }

  /** The token leaves beside the stored answer, which must not hold it: a repetition of the request takes the claim anew. */
  private async claimed(
    context: Context,
    operation: string,
    input: { readonly idempotencyKey: string },
    claim: (write: WriteContext) => Promise<Result<ClaimedTask>>,
  ): Promise<object> {
    const told: { token: string | null } = { token: null };
    const work = async (write: WriteContext): Promise<Result<TaskId>> => {
      const taken = await claim(write);
      if (!taken.ok) return taken;
      told.token = taken.value.token;
      return ok(taken.value.id);
    };
    const result = await this.mutations.run(context, operation, input, work, NOT_NOW);
    const repeated =
      result.ok && told.token === null ? await this.unitOfWork.write(context, (write) => this.flow.claim(write, result.value)) : null;
    if (repeated && !repeated.ok) return payloadOf(repeated, 'ClaimTaskSuccess', () => ({}));
    return payloadOf(result, 'ClaimTaskSuccess', async (id) => ({
      task: await this.read(context, id),
      leaseToken: told.token ?? (repeated?.ok ? repeated.value.token : ''),
    }));
  }

  private async read(context: Context, id: TaskId): Promise<object> {
    const found = await this.unitOfWork.read(context, (read) => this.reviews.find(read, id));
    assert(found.ok, 'a task that was just claimed exists');
    return toTask(found.value);
  }
}
