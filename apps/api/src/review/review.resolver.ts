import type { MaybeAssertion } from '@imprimatur/domain/identity';
import { ReviewFlow } from '@imprimatur/flows/gates';
import { type ClaimedTask, type ConditionWish, type PinWish, ReviewService, type TaskCursor } from '@imprimatur/domain/review';
import { assert, type Context, isUuid, notFound, ok, parseId, refuse, type Result, type TaskId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  Door,
  type DoorContext,
  type Look,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
} from '../door/index.js';
import { ItemLoader } from '../turn/turn.loader.js';
import { toItem } from '../turn/turn.mapper.js';
import { DecisionsOfTaskLoader, TaskLoader } from './review.loader.js';
import { QueueWatch } from './queue.watch.js';
import { digestOf, outcomeOf } from './review.input.js';
import { cursorOf, type TaskParent, toTask } from './review.mapper.js';

interface DecideTaskInput {
  readonly idempotencyKey: string;
  readonly task: string;
  readonly leaseToken: string;
  readonly outcome: string;
  readonly reasonCode: string;
  readonly text: string;
  readonly contentSha256: string;
  readonly assertion?: MaybeAssertion;
  readonly conditions: readonly ConditionWish[];
  readonly pins: readonly PinWish[];
  readonly queue?: string | null;
}

const NO_TASK = {
  code: 'QUEUE_EMPTY',
  message: 'There is nothing that you may review now.',
  remedy: 'Look again later, or in another queue.',
};

@Resolver('ReviewTask')
export class ReviewResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly reviews: ReviewService,
    private readonly flow: ReviewFlow,
    private readonly tasks: TaskLoader,
    private readonly decisionsOf: DecisionsOfTaskLoader,
    private readonly items: ItemLoader,
    private readonly watch: QueueWatch,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('task', 'ReviewTask', (door, id) => this.find(door, id as TaskId));
  }

  @Query('reviewTask')
  async task(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('task', text);
    return id && this.find(door, id);
  }

  @Query('reviewQueue')
  async queue(@Caller() context: Context, @Args() args: PageArgs & { readonly queue?: string | null }): Promise<Connection<object>> {
    const page = connectionArgs(args);
    const tasks = await this.unitOfWork.read(context, (read) =>
      this.reviews.list(read, { queue: args.queue ?? null, state: null, first: page.limit, after: readCursor(page.after) }),
    );
    return toConnection(page, tasks, cursorOf, toTask);
  }

  @Subscription('reviewQueueChanged', { resolve: (connection: object) => connection })
  queueChanged(
    @Caller() context: Context,
    @Args() args: { readonly queue?: string | null; readonly first?: number | null },
  ): AsyncIterable<Look> {
    return this.watch.follow(context, args.queue ?? null, connectionArgs({ first: args.first ?? null, after: null }));
  }

  @Mutation('claimTask')
  async claim(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly task: string },
  ): Promise<object> {
    const id = parseId('task', input.task);
    return this.claimed(context, 'claimTask', input, (write) =>
      id ? this.reviews.claim(write, id) : Promise.resolve(refuse(notFound('review task'))),
    );
  }

  @Mutation('claimNextTask')
  async claimNext(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly queue?: string | null },
  ): Promise<object> {
    return this.claimed(context, 'claimNextTask', input, async (write) => {
      const queues = input.queue ? [input.queue] : await this.waitingQueues(write);
      for (const queue of queues) {
        const claimed = await this.reviews.claimNext(write, queue);
        if (!claimed.ok) return claimed;
        if (claimed.value) return ok(claimed.value);
      }
      return refuse(NO_TASK);
    });
  }

  @Mutation('decideTask')
  async decide(@Caller() context: Context, @Door() door: DoorContext, @Args('input') input: DecideTaskInput): Promise<object> {
    const result = await this.mutations.run(context, 'decideTask', input, async (write) => {
      const task = parseId('task', input.task);
      if (!task) return refuse(notFound('review task'));
      const decided = await this.flow.decide(write, {
        task,
        token: input.leaseToken,
        outcome: outcomeOf(input.outcome),
        reasonCode: input.reasonCode,
        text: input.text,
        contentDigest: digestOf(input.contentSha256),
        ...(input.assertion && { assertion: input.assertion }),
        conditions: input.conditions,
        pins: input.pins,
        queue: input.queue ?? null,
      });
      return decided.ok ? ok(decided.value.task) : decided;
    });
    return payloadOf(result, 'DecideTaskSuccess', async (id) => ({ task: await this.find(door, id) }));
  }

  @ResolveField('item')
  async item(@Door() door: DoorContext, @Parent() { itemId }: TaskParent): Promise<object> {
    const item = await this.items.load(door, itemId);
    assert(item, 'the item of a task exists');
    return toItem(item);
  }

  @ResolveField('decisions')
  async decisions(@Door() door: DoorContext, @Parent() { taskId }: TaskParent): Promise<readonly object[]> {
    return (await this.decisionsOf.load(door, taskId)) ?? [];
  }

  /** The token leaves beside the stored answer, which must not hold it: a repetition of the request takes the claim anew. */
  private async claimed(
    context: Context,
    operation: string,
    input: { readonly idempotencyKey: string },
    claim: (write: WriteContext) => Promise<Result<ClaimedTask>>,
  ): Promise<object> {
    const told: { token: string | null } = { token: null };
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const taken = await claim(write);
      if (!taken.ok) return taken;
      told.token = taken.value.token;
      return ok(taken.value.id);
    });
    const repeated =
      result.ok && told.token === null ? await this.unitOfWork.write(context, (write) => this.reviews.claim(write, result.value)) : null;
    if (repeated && !repeated.ok) return payloadOf(repeated, 'ClaimTaskSuccess', () => ({}));
    return payloadOf(result, 'ClaimTaskSuccess', async (id) => {
      const found = await this.unitOfWork.read(context, (read) => this.reviews.find(read, id));
      assert(found.ok, 'a task that was just claimed exists');
      return { task: toTask(found.value), leaseToken: told.token ?? (repeated?.ok ? repeated.value.token : '') };
    });
  }

  private async waitingQueues(write: WriteContext): Promise<readonly string[]> {
    const waiting = await this.reviews.list(write, { queue: null, state: null, first: 100, after: null });
    return [...new Set(waiting.map(({ queue }) => queue))];
  }

  private async find(door: DoorContext, id: TaskId): Promise<object | null> {
    const task = await this.tasks.load(door, id);
    return task && toTask(task);
  }
}

const PRIORITY = /^-?\d{1,9}$/;

/** Throws BAD_USER_INPUT for a cursor of another connection: the start of the queue would be a wrong answer. */
function readCursor(text: string | null): TaskCursor | null {
  if (text === null) return null;
  const [priority = '', dueAt = '', id = ''] = text.split('|');
  const due = new Date(dueAt);
  if (!PRIORITY.test(priority) || !isUuid(id) || Number.isNaN(due.getTime())) {
    throw new GraphQLError('after is not a cursor of this connection', { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
  }
  return { priority: Number(priority), dueAt: due, id: id as TaskId };
}
