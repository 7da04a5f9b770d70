import { AssetService } from '@imprimatur/domain/assets';
import { EditingService } from '@imprimatur/domain/editing';
import { CancellationFlow } from '@imprimatur/flows/gates';
import { type Context, notFound, ok, parseId, refuse, type TurnId } from '@imprimatur/kernel';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { Caller, Door, type DoorContext, type Look, MutationRunner, NodeRegistry, payloadOf } from '../door/index.js';
import { SessionLoader } from '../session/session.loader.js';
import { toSession } from '../session/session.mapper.js';
import { ContentsLoader, ItemLoader, ItemsOfTurnLoader, TurnLoader } from './turn.loader.js';
import { toItem, toTurn, type TurnParent } from './turn.mapper.js';
import { TurnWatch } from './turn.watch.js';
import { type TurnInput, wishOf } from './turn.wish.js';

interface SubmitTurnInput extends TurnInput {
  readonly idempotencyKey: string;
}

@Resolver('Turn')
export class TurnResolver implements OnModuleInit {
  constructor(
    private readonly mutations: MutationRunner,
    private readonly editing: EditingService,
    private readonly cancellation: CancellationFlow,
    private readonly assets: AssetService,
    private readonly turns: TurnLoader,
    private readonly items: ItemsOfTurnLoader,
    private readonly item: ItemLoader,
    private readonly contents: ContentsLoader,
    private readonly sessions: SessionLoader,
    private readonly watch: TurnWatch,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('turn', 'Turn', (door, id) => this.find(door, id as TurnId));
  }

  @Query('turn')
  async turn(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('turn', text);
    return id && this.find(door, id);
  }

  @Mutation('submitTurn')
  async submit(@Caller() context: Context, @Door() door: DoorContext, @Args('input') input: SubmitTurnInput): Promise<object> {
    const result = await this.mutations.run(context, 'submitTurn', input, async (write) => {
      const wish = await wishOf(write, this.assets, input);
      const submitted = wish.ok ? await this.editing.submitTurn(write, wish.value) : wish;
      return submitted.ok ? ok(submitted.value.turn.id) : submitted;
    });
    return payloadOf(result, 'SubmitTurnSuccess', async (id) => ({ turn: await this.find(door, id) }));
  }

  @Mutation('cancelTurn')
  async cancel(
    @Caller() context: Context,
    @Door() door: DoorContext,
    @Args('input') input: { readonly idempotencyKey: string; readonly turn: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'cancelTurn', input, async (write) => {
      const id = parseId('turn', input.turn);
      const cancelled = id ? await this.cancellation.cancel(write, id) : refuse(notFound('turn'));
      return cancelled.ok ? ok(cancelled.value.id) : cancelled;
    });
    return payloadOf(result, 'CancelTurnSuccess', async (id) => ({ turn: await this.find(door, id) }));
  }

  @Mutation('answerClarification')
  async answer(
    @Caller() context: Context,
    @Door() door: DoorContext,
    @Args('input') input: { readonly idempotencyKey: string; readonly item: string; readonly answer: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'answerClarification', input, async (write) => {
      const id = parseId('item', input.item);
      const answered = id ? await this.editing.answerClarification(write, id, input.answer) : refuse(notFound('turn item'));
      return answered.ok ? ok(answered.value.id) : answered;
    });
    return payloadOf(result, 'AnswerClarificationSuccess', async (id) => {
      const item = await this.item.load(door, id);
      return { item: item && toItem(item) };
    });
  }

  @Subscription('turnChanged', { resolve: (turn: object) => turn })
  changed(@Args('id') text: string): AsyncIterable<Look> {
    return this.watch.turn(parseId('turn', text));
  }

  @Subscription('itemChanged', { resolve: (item: object) => item })
  itemChanged(@Args('turn') text: string): AsyncIterable<Look> {
    return this.watch.items(parseId('turn', text));
  }

  @ResolveField('session')
  async session(@Door() door: DoorContext, @Parent() { sessionId }: TurnParent): Promise<object | null> {
    const session = await this.sessions.load(door, sessionId);
    return session && toSession(session);
  }

  @ResolveField('prompt')
  async prompt(@Door() door: DoorContext, @Parent() { turnId }: TurnParent): Promise<string | null> {
    return (await this.contents.load(door, turnId))?.prompt ?? null;
  }

  @ResolveField('items')
  async ofTurn(@Door() door: DoorContext, @Parent() { turnId }: TurnParent): Promise<readonly object[]> {
    return ((await this.items.load(door, turnId)) ?? []).map(toItem);
  }

  private async find(door: DoorContext, id: TurnId): Promise<object | null> {
    const turn = await this.turns.load(door, id);
    return turn && toTurn(turn);
  }
}
