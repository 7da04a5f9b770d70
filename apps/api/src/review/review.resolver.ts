import type { MaybeAssertion } from '@imprimatur/domain/identity';
import { ReviewFlow } from '@imprimatur/flows/gates';
import type { ConditionWish, PinWish } from '@imprimatur/domain/review';
import { assert, type Context, notFound, ok, parseId, refuse, type TaskId } from '@imprimatur/kernel';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { Caller, connectionArgs, Door, type DoorContext, type Look, MutationRunner, NodeRegistry, payloadOf } from '../door/index.js';
import { ItemLoader } from '../turn/turn.loader.js';
import { toItem } from '../turn/turn.mapper.js';
import { DecisionsOfTaskLoader, TaskLoader } from './review.loader.js';
import { QueueWatch } from './queue.watch.js';
import { digestOf, outcomeOf } from './review.input.js';
import { type TaskParent, toTask } from './review.mapper.js';

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

@Resolver('ReviewTask')
export class ReviewResolver implements OnModuleInit {
  constructor(
    private readonly mutations: MutationRunner,
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

  @Subscription('reviewQueueChanged', { resolve: (connection: object) => connection })
  queueChanged(
    @Caller() context: Context,
    @Args() args: { readonly queue?: string | null; readonly first?: number | null },
  ): AsyncIterable<Look> {
    return this.watch.follow(context, args.queue ?? null, connectionArgs({ first: args.first ?? null, after: null }));
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

  private async find(door: DoorContext, id: TaskId): Promise<object | null> {
    const task = await this.tasks.load(door, id);
    return task && toTask(task);
  }
}
