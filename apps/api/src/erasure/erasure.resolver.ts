import { LedgerReader } from '@imprimatur/domain/ledger';
import { ErasureService } from '@imprimatur/domain/retention';
import { ErasureFlow } from '@imprimatur/flows/erasure';
import { type Context, type ErasureId, fromHex, type HoldId, notFound, ok, parseId, type Refusal, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  contextFor,
  Door,
  type DoorContext,
  isIdKey,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
  valueOf,
  valueOrNull,
} from '../door/index.js';
import { HoldLoader } from '../hold/hold.loader.js';
import { toHold } from '../hold/hold.mapper.js';
import { type ErasureParent, toErasure, toPlan, toProgress } from './erasure.mapper.js';

interface EraseSubjectInput {
  readonly idempotencyKey: string;
  readonly subject: string;
  readonly planDigest: string;
  readonly reason: string;
}

@Resolver('Erasure')
export class ErasureResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly flow: ErasureFlow,
    private readonly erasures: ErasureService,
    private readonly ledger: LedgerReader,
    private readonly holds: HoldLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('erasure', 'Erasure', (door, id) => this.find(contextFor(door), id as ErasureId));
  }

  @Query('planErasure')
  async plan(@Caller() context: Context, @Args('subject') text: string): Promise<object | null> {
    const subject = parseId('subject', text);
    if (!subject) return null;
    const plan = valueOrNull(await this.unitOfWork.read(context, (read) => this.flow.plan(read, subject)));
    return plan && toPlan(plan);
  }

  @Query('erasure')
  async erasure(@Caller() context: Context, @Args('id') text: string): Promise<object | null> {
    const id = parseId('erasure', text);
    return id && this.find(context, id);
  }

  @Query('erasures')
  async list(@Caller() context: Context, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const erasures = await this.unitOfWork.read(context, (read) => this.erasures.list(read, { first: page.limit, after: page.after }));
    return toConnection(page, erasures, ({ id }) => id, toErasure);
  }

  @Mutation('eraseSubject')
  async erase(@Caller() context: Context, @Door() door: DoorContext, @Args('input') input: EraseSubjectInput): Promise<object> {
    const result = await this.mutations.run(context, 'eraseSubject', input, async (write) => {
      const subject = parseId('subject', input.subject);
      if (!subject) return refuse(notFound('subject'));
      const erased = await this.flow.erase(write, { subject, planDigest: digestOf(input.planDigest), reason: input.reason });
      return erased.ok ? ok(erased.value) : erased;
    });
    if (!result.ok && result.refusal.code === 'UNDER_LEGAL_HOLD') return this.underHold(door, result.refusal);
    return payloadOf(result, 'EraseSubjectSuccess', async (id) => ({
      erasure: toErasure(await this.unitOfWork.read(context, async (read) => valueOf(await this.erasures.find(read, id)))),
    }));
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: ErasureParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }

  @ResolveField('copies')
  async copies(@Caller() context: Context, @Parent() { stored }: ErasureParent): Promise<readonly object[]> {
    return toProgress(stored, await this.unitOfWork.read(context, (read) => this.erasures.counts(read, stored.id)));
  }

  private async underHold(door: DoorContext, refusal: Refusal & { readonly holds?: readonly HoldId[] }): Promise<object> {
    const { code, message, remedy, holds = [] } = refusal;
    const found = await Promise.all(holds.map((id) => this.holds.load(door, id)));
    return { __typename: 'UnderLegalHold', code, message, remedy, holds: found.flatMap((hold) => (hold ? [toHold(hold)] : [])) };
  }

  private async find(context: Context, id: ErasureId): Promise<object | null> {
    const erasure = valueOrNull(await this.unitOfWork.read(context, (read) => this.erasures.find(read, id)));
    return erasure && toErasure(erasure);
  }
}

/** Anything but 64 hexadecimal digits is the digest of no plan. */
function digestOf(text: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(text) ? fromHex(text) : new Uint8Array(32);
}
