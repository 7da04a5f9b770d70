import { LedgerReader } from '@imprimatur/domain/ledger';
import { ConflictService, DecisionReader, type ReviewConflict } from '@imprimatur/domain/review';
import { ConflictFlow, type ConflictTarget } from '@imprimatur/flows/gates';
import { type ConflictId, type Context, type EntryId, notFound, ok, parseId, refuse, systemClock, toPublicId } from '@imprimatur/kernel';
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
} from '../door/index.js';
import { PersonRefLoader } from './pin.loader.js';

const FEEDBACK_DAYS = 90;
const DAY_MS = 86_400_000;

interface ConflictParent {
  readonly __typename: 'ReviewConflict';
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

interface DeclareInput {
  readonly idempotencyKey: string;
  readonly kind: string;
  readonly target: string;
  readonly reason: string;
}

@Resolver('ReviewConflict')
export class ConflictResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly conflicts: ConflictService,
    private readonly flow: ConflictFlow,
    private readonly ledger: LedgerReader,
    private readonly refs: PersonRefLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('conflict', 'ReviewConflict', (door, id) => this.find(door, id as ConflictId));
  }

  @Query('reviewConflicts')
  async list(@Caller() context: Context, @Door() door: DoorContext, @Args() args: PageArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const found = await this.unitOfWork.read(context, (read) => this.conflicts.page(read, { first: page.limit, after: page.after }));
    const shown = await Promise.all(found.map(async (conflict) => ({ id: conflict.id, node: await this.show(door, conflict) })));
    return toConnection(
      page,
      shown,
      ({ id }) => id,
      ({ node }) => node,
    );
  }

  @Mutation('declareConflict')
  async declare(@Caller() context: Context, @Door() door: DoorContext, @Args('input') input: DeclareInput): Promise<object> {
    const result = await this.mutations.run(context, 'declareConflict', input, async (write) => {
      const target = targetOf(input.kind, input.target);
      if (!target) return refuse(notFound(input.kind.toLowerCase()));
      const declared = await this.flow.declare(write, target, input.reason);
      return declared.ok ? ok(declared.value.id) : declared;
    });
    return payloadOf(result, 'DeclareConflictSuccess', async (id) => ({ conflict: await this.find(door, id) }));
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: ConflictParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }

  private async find(door: DoorContext, id: ConflictId): Promise<object | null> {
    const [conflict] = await this.unitOfWork.read(contextFor(door), (read) => this.conflicts.findMany(read, [id]));
    return conflict ? this.show(door, conflict) : null;
  }

  private async show(door: DoorContext, { id, kind, target, reviewer, entry, declaredAt }: ReviewConflict): Promise<ConflictParent> {
    return {
      __typename: 'ReviewConflict',
      entryId: entry,
      id: toPublicId('conflict', id),
      kind: kind.toUpperCase(),
      target: `${kind}_${target}`,
      reviewer: (await this.refs.load(door, reviewer)) ?? 'unknown',
      declaredAt,
    };
  }
}

@Resolver()
export class RuleFeedbackResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reader: DecisionReader,
  ) {}

  @Query('ruleFeedback')
  async feedback(@Caller() context: Context, @Args('since') since?: Date | null): Promise<readonly object[]> {
    const from = since ?? new Date(systemClock.now().getTime() - FEEDBACK_DAYS * DAY_MS);
    return this.unitOfWork.read(context, (read) => this.reader.ruleFeedback(read, from));
  }
}

/** Null: the id is none of this kind. */
function targetOf(name: string, text: string): ConflictTarget | null {
  const kind = name.toLowerCase() as ConflictTarget['kind'];
  const id = parseId(kind, text);
  return id && ({ kind, id } as ConflictTarget);
}
