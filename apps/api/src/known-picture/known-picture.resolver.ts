import { LedgerReader } from '@imprimatur/domain/ledger';
import { type BankRefusal, type KnownPicture, type ListedAs, PictureBank } from '@imprimatur/domain/moderation';
import { BankFlow } from '@imprimatur/flows/gates';
import type { KnownAs } from '@imprimatur/formats/policy';
import { type Context, type KnownPictureId, notFound, ok, parseId, refuse, type Result } from '@imprimatur/kernel';
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
import { KnownPictureLoader } from './known-picture.loader.js';
import { type KnownPictureParent, toKnownPicture } from './known-picture.mapper.js';

interface ListInput {
  readonly idempotencyKey: string;
  readonly version: string;
  readonly listAs: string;
  readonly reason: string;
}

interface LiftInput {
  readonly idempotencyKey: string;
  readonly knownPicture: string;
  readonly reason: string;
}

type Work = (write: WriteContext) => Promise<Result<KnownPicture, BankRefusal>>;

@Resolver('KnownPicture')
export class KnownPictureResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly bank: PictureBank,
    private readonly flow: BankFlow,
    private readonly ledger: LedgerReader,
    private readonly loader: KnownPictureLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('known-picture', 'KnownPicture', (door, id) => this.load(door, id as KnownPictureId));
  }

  @Query('knownPicture')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('known-picture', text);
    return id && this.load(door, id);
  }

  @Query('knownPictures')
  async list(@Caller() context: Context, @Args() args: PageArgs & { readonly knownAs?: string | null }): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const knownAs = (args.knownAs?.toLowerCase() ?? null) as KnownAs | null;
    const found = await this.unitOfWork.read(context, (read) => this.bank.page(read, { knownAs, first: page.limit, after: page.after }));
    return toConnection(page, found, ({ id }) => id, toKnownPicture);
  }

  @Mutation('listKnownPicture')
  async listOne(@Caller() context: Context, @Args('input') input: ListInput): Promise<object> {
    return this.change(context, 'listKnownPicture', 'ListKnownPictureSuccess', input, async (write) => {
      const version = parseId('version', input.version);
      return version ? this.flow.list(write, version, input.listAs.toLowerCase() as ListedAs, input.reason) : refuse(notFound('version'));
    });
  }

  @Mutation('liftKnownPicture')
  async lift(@Caller() context: Context, @Args('input') input: LiftInput): Promise<object> {
    return this.change(context, 'liftKnownPicture', 'LiftKnownPictureSuccess', input, async (write) => {
      const id = parseId('known-picture', input.knownPicture);
      return id ? this.bank.lift(write, id, input.reason) : refuse(notFound('known picture'));
    });
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: KnownPictureParent): Promise<string | null> {
    return entryId && this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }

  private async change(
    context: Context,
    operation: string,
    success: string,
    input: { readonly idempotencyKey: string },
    work: Work,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const changed = await work(write);
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id: KnownPictureId) => {
      const [found] = await this.unitOfWork.read(context, (read) => this.bank.findMany(read, [id]));
      return { knownPicture: toKnownPicture(valueOf(found ? ok(found) : refuse(notFound('known picture')))) };
    });
  }

  private async load(door: DoorContext, id: KnownPictureId): Promise<object | null> {
    const known = await this.loader.load(door, id);
    return known && toKnownPicture(known);
  }
}
