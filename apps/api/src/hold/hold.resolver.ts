import { LedgerReader } from '@imprimatur/domain/ledger';
import { HoldService } from '@imprimatur/domain/retention';
import { HoldFlow } from '@imprimatur/flows/erasure';
import { type Context, type EntryId, type HoldId, notFound, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
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
import { HoldLoader } from './hold.loader.js';
import { fromTarget, type HoldParent, toHold } from './hold.mapper.js';

interface PlaceLegalHoldInput {
  readonly idempotencyKey: string;
  readonly kind: string;
  readonly target: string;
  readonly matter: string;
  readonly reason: string;
}

@Resolver('LegalHold')
export class HoldResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly holds: HoldService,
    private readonly flow: HoldFlow,
    private readonly ledger: LedgerReader,
    private readonly loader: HoldLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('hold', 'LegalHold', (door, id) => this.load(door, id as HoldId));
  }

  @Query('legalHold')
  async hold(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('hold', text);
    return id && this.load(door, id);
  }

  @Query('legalHolds')
  async list(@Caller() context: Context, @Args() args: PageArgs & { readonly active?: boolean | null }): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const holds = await this.unitOfWork.read(context, (read) =>
      this.holds.list(read, { isActive: args.active ?? null, first: page.limit, after: page.after }),
    );
    return toConnection(page, holds, ({ id }) => id, toHold);
  }

  @Mutation('placeLegalHold')
  async place(@Caller() context: Context, @Args('input') input: PlaceLegalHoldInput): Promise<object> {
    const result = await this.mutations.run(context, 'placeLegalHold', input, async (write) => {
      const target = fromTarget(input.kind, input.target);
      if (!target) return refuse(notFound(input.kind.toLowerCase()));
      const placed = await this.flow.place(write, { target, matter: input.matter, reason: input.reason });
      return placed.ok ? ok(placed.value.id) : placed;
    });
    return payloadOf(result, 'PlaceLegalHoldSuccess', async (id) => ({ hold: await this.found(context, id) }));
  }

  @Mutation('releaseLegalHold')
  async release(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly hold: string; readonly reason: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'releaseLegalHold', input, async (write) => {
      const id = parseId('hold', input.hold);
      const released = id ? await this.holds.release(write, id, input.reason) : refuse(notFound('legal hold'));
      return released.ok ? ok(released.value.id) : released;
    });
    return payloadOf(result, 'ReleaseLegalHoldSuccess', async (id) => ({ hold: await this.found(context, id) }));
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: HoldParent): Promise<string | null> {
    return this.opened(context, entryId);
  }

  @ResolveField('releaseReason')
  async releaseReason(@Caller() context: Context, @Parent() { releaseEntryId }: HoldParent): Promise<string | null> {
    return releaseEntryId && this.opened(context, releaseEntryId);
  }

  private async opened(context: Context, entry: EntryId): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entry, 'reason'));
  }

  private async found(context: Context, id: HoldId): Promise<object> {
    return toHold(await this.unitOfWork.read(context, async (read) => valueOf(await this.holds.find(read, id))));
  }

  private async load(door: DoorContext, id: HoldId): Promise<object | null> {
    const hold = await this.loader.load(door, id);
    return hold && toHold(hold);
  }
}
