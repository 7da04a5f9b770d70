import { DeliveryService } from '@imprimatur/domain/webhooks';
import { type Context, type DeliveryId, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  Door,
  type DoorContext,
  isNumberKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
} from '../door/index.js';
import { AttemptsOfDeliveryLoader, DeliveryLoader } from './webhook.loader.js';
import { type DeliveryParent, fromState, toAttempt, toDelivery } from './webhook.mapper.js';

@Resolver('WebhookDelivery')
export class DeliveryResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly deliveries: DeliveryService,
    private readonly loader: DeliveryLoader,
    private readonly attemptsOf: AttemptsOfDeliveryLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('delivery', 'WebhookDelivery', (door, id) => this.find(door, id as DeliveryId));
  }

  @Query('webhookDeliveries')
  async list(
    @Caller() context: Context,
    @Args() args: PageArgs & { readonly webhook: string; readonly state?: string | null },
  ): Promise<Connection<object>> {
    const page = connectionArgs(args, isNumberKey);
    const webhook = parseId('webhook', args.webhook);
    const state = args.state ? fromState(args.state) : null;
    const found = webhook
      ? await this.unitOfWork.read(context, (read) => this.deliveries.list(read, { webhook, state, first: page.limit, after: page.after }))
      : [];
    return toConnection(page, found, ({ sequence }) => sequence, toDelivery);
  }

  @Mutation('replayDelivery')
  async replay(
    @Caller() context: Context,
    @Door() door: DoorContext,
    @Args('input') input: { readonly idempotencyKey: string; readonly delivery: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'replayDelivery', input, async (write) => {
      const id = parseId('delivery', input.delivery);
      const replayed = id ? await this.deliveries.replay(write, id) : refuse(notFound('delivery'));
      return replayed.ok ? ok(replayed.value.id) : replayed;
    });
    return payloadOf(result, 'ReplayDeliverySuccess', async (id) => ({ delivery: await this.find(door, id) }));
  }

  @ResolveField('attempts')
  async attempts(@Door() door: DoorContext, @Parent() { deliveryId }: DeliveryParent): Promise<readonly object[]> {
    return ((await this.attemptsOf.load(door, deliveryId)) ?? []).map(toAttempt);
  }

  private async find(door: DoorContext, id: DeliveryId): Promise<object | null> {
    const delivery = await this.loader.load(door, id);
    return delivery && toDelivery(delivery);
  }
}
