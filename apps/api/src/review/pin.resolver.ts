import { LedgerReader } from '@imprimatur/domain/ledger';
import { PinService, type ReviewPin, type ReviewRefusal } from '@imprimatur/domain/review';
import { type CommentId, type Context, notFound, ok, parseId, type PinId, refuse, type Result } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
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
} from '../door/index.js';
import { PersonRefLoader, PinLoader } from './pin.loader.js';
import { type CommentParent, type PinParent, toComment, toPin } from './pin.mapper.js';

interface PinInput {
  readonly idempotencyKey: string;
  readonly pin: string;
}

@Resolver('ReviewPin')
export class PinResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly pins: PinService,
    private readonly ledger: LedgerReader,
    private readonly loader: PinLoader,
    private readonly refs: PersonRefLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('pin', 'ReviewPin', (door, id) => this.find(door, id as PinId));
  }

  @Mutation('commentOnPin')
  async comment(
    @Caller() context: Context,
    @Door() door: DoorContext,
    @Args('input') input: PinInput & { readonly text: string },
  ): Promise<object> {
    return this.change(context, door, ['commentOnPin', 'CommentOnPinSuccess'], input, (write, id) =>
      this.pins.comment(write, id, input.text),
    );
  }

  @Mutation('resolvePin')
  async resolve(@Caller() context: Context, @Door() door: DoorContext, @Args('input') input: PinInput): Promise<object> {
    return this.change(context, door, ['resolvePin', 'ResolvePinSuccess'], input, (write, id) => this.pins.resolve(write, id));
  }

  @ResolveField('text')
  async text(@Caller() context: Context, @Parent() { entryId }: PinParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'text'));
  }

  @ResolveField('comments')
  async comments(
    @Caller() context: Context,
    @Door() door: DoorContext,
    @Parent() { pinId }: PinParent,
    @Args() args: PageArgs,
  ): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const found = await this.unitOfWork.read(context, (read) =>
      this.pins.comments(read, pinId, { first: page.limit, after: page.after as CommentId | null }),
    );
    const shown = await Promise.all(
      found.map(async (comment) => ({
        id: comment.id,
        node: toComment(comment, (await this.refs.load(door, comment.author)) ?? 'unknown'),
      })),
    );
    return toConnection(
      page,
      shown,
      ({ id }) => id,
      ({ node }) => node,
    );
  }

  private async change(
    context: Context,
    door: DoorContext,
    [operation, success]: readonly [string, string],
    input: PinInput,
    work: (write: WriteContext, id: PinId) => Promise<Result<ReviewPin, ReviewRefusal>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const id = parseId('pin', input.pin);
      const changed = id ? await work(write, id) : refuse(notFound('pin'));
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => ({ pin: await this.find(door, id) }));
  }

  private async find(door: DoorContext, id: PinId): Promise<object | null> {
    const pin = await this.loader.load(door, id);
    return pin && toPin(pin, (await this.refs.load(door, pin.placedBy)) ?? 'unknown');
  }
}

@Resolver('PinComment')
export class CommentFields {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
  ) {}

  @ResolveField('text')
  async text(@Caller() context: Context, @Parent() { entryId }: CommentParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'text'));
  }
}
