import { ReviewFlow } from '@imprimatur/flows/gates';
import type { ReviewOutcome } from '@imprimatur/domain/review';
import { assert, type Context, fromHex, notFound, ok, parseId, refuse, type TaskId } from '@imprimatur/kernel';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Caller, Door, type DoorContext, MutationRunner, NodeRegistry, payloadOf } from '../door/index.js';
import { ItemLoader } from '../turn/turn.loader.js';
import { toItem } from '../turn/turn.mapper.js';
import { DecisionsOfTaskLoader, TaskLoader } from './review.loader.js';
import { type TaskParent, toTask } from './review.mapper.js';

interface DecideTaskInput {
  readonly idempotencyKey: string;
  readonly task: string;
  readonly leaseToken: string;
  readonly outcome: string;
  readonly reasonCode: string;
  readonly text: string;
  readonly contentSha256: string;
}

@Resolver('ReviewTask')
export class ReviewResolver implements OnModuleInit {
  constructor(
    private readonly mutations: MutationRunner,
    private readonly flow: ReviewFlow,
    private readonly tasks: TaskLoader,
    private readonly decisionsOf: DecisionsOfTaskLoader,
    private readonly items: ItemLoader,
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

  @Mutation('decideTask')
  async decide(@Caller() context: Context, @Door() door: DoorContext, @Args('input') input: DecideTaskInput): Promise<object> {
    const result = await this.mutations.run(context, 'decideTask', input, async (write) => {
      const task = parseId('task', input.task);
      if (!task) return refuse(notFound('review task'));
      const decided = await this.flow.decide(write, {
        task,
        token: input.leaseToken,
        outcome: input.outcome.toLowerCase().replaceAll('_', '-') as ReviewOutcome,
        reasonCode: input.reasonCode,
        text: input.text,
        contentDigest: digestOf(input.contentSha256),
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

/** Anything but 64 hexadecimal digits is a digest that no task has. */
function digestOf(text: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(text) ? fromHex(text) : new Uint8Array(32);
}
