import { LedgerReader } from '@imprimatur/domain/ledger';
import { type CaseOutcome, CaseService, type CaseState, type QuarantineCase } from '@imprimatur/domain/quarantine';
import { QuarantineFlow } from '@imprimatur/flows/quarantine';
import { type CaseId, type Context, notFound, ok, parseId, type Refusal, refuse, type Result, type SubjectId } from '@imprimatur/kernel';
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
import { CaseLoader } from './case.loader.js';
import { type CaseParent, toCase, toGround } from './case.mapper.js';

interface Keyed {
  readonly idempotencyKey: string;
}

interface OneInput extends Keyed {
  readonly case: string;
}

interface QuarantineInput extends Keyed {
  readonly version: string;
  readonly ground: string;
  readonly reason: string;
  readonly handlers: readonly string[];
}

type Work = (write: WriteContext) => Promise<Result<QuarantineCase, Refusal>>;
type Change = (write: WriteContext, id: CaseId) => Promise<Result<QuarantineCase, Refusal>>;

const COMPLAINTS_MAX = 100;

@Resolver('QuarantineCase')
export class CaseResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly cases: CaseService,
    private readonly flow: QuarantineFlow,
    private readonly ledger: LedgerReader,
    private readonly loader: CaseLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('case', 'QuarantineCase', (door, id) => this.load(door, id as CaseId));
  }

  @Query('quarantineCase')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('case', text);
    return id && this.load(door, id);
  }

  @Query('quarantineCases')
  async list(@Caller() context: Context, @Args() args: PageArgs & { readonly state?: string | null }): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const state = (args.state?.toLowerCase() ?? null) as CaseState | null;
    const found = await this.unitOfWork.read(context, (read) => this.cases.list(read, { state, first: page.limit, after: page.after }));
    return toConnection(page, found, ({ id }) => id, toCase);
  }

  @Mutation('quarantineVersion')
  async quarantine(@Caller() context: Context, @Args('input') input: QuarantineInput): Promise<object> {
    return this.run(context, 'quarantineVersion', 'QuarantineVersionSuccess', input, async (write) => {
      const version = parseId('version', input.version);
      const handlers = subjectsOf(input.handlers);
      if (!version) return refuse(notFound('version'));
      const { ground, reason } = input;
      return handlers
        ? this.flow.quarantineVersion(write, { version, ground: toGround(ground), reason, handlers })
        : refuse(notFound('subject'));
    });
  }

  @Mutation('beginQuarantine')
  async begin(@Caller() context: Context, @Args('input') input: OneInput & { readonly handlers: readonly string[] }): Promise<object> {
    return this.change(context, 'beginQuarantine', 'BeginQuarantineSuccess', input, async (write, id) => {
      const handlers = subjectsOf(input.handlers);
      return handlers ? this.flow.begin(write, id, handlers) : refuse(notFound('subject'));
    });
  }

  @Mutation('nameCaseHandlers')
  async name(@Caller() context: Context, @Args('input') input: OneInput & { readonly handlers: readonly string[] }): Promise<object> {
    return this.change(context, 'nameCaseHandlers', 'NameCaseHandlersSuccess', input, async (write, id) => {
      const handlers = subjectsOf(input.handlers);
      return handlers ? this.flow.name(write, id, handlers) : refuse(notFound('subject'));
    });
  }

  @Mutation('proposeCaseEnd')
  async propose(
    @Caller() context: Context,
    @Args('input') input: OneInput & { readonly outcome: string; readonly reason: string },
  ): Promise<object> {
    return this.change(context, 'proposeCaseEnd', 'ProposeCaseEndSuccess', input, (write, id) =>
      this.cases.propose(write, id, input.outcome.toLowerCase() as CaseOutcome, input.reason),
    );
  }

  @Mutation('confirmCaseEnd')
  async confirm(@Caller() context: Context, @Args('input') input: OneInput): Promise<object> {
    return this.change(context, 'confirmCaseEnd', 'ConfirmCaseEndSuccess', input, (write, id) => this.flow.confirm(write, id));
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: CaseParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }

  @ResolveField('proposalReason')
  async proposalReason(@Caller() context: Context, @Parent() { proposalEntry }: CaseParent): Promise<string | null> {
    return proposalEntry && this.unitOfWork.read(context, (read) => this.ledger.openText(read, proposalEntry, 'reason'));
  }

  @ResolveField('versions')
  async versions(@Caller() context: Context, @Parent() { caseId }: CaseParent): Promise<readonly object[]> {
    const inside = await this.unitOfWork.read(context, (read) => this.flow.versionsOf(read, caseId));
    return inside.map(({ id }) => ({ id: `version_${id}`, imageUrl: `/quarantine-cases/case_${caseId}/versions/version_${id}/image` }));
  }

  @ResolveField('complaints')
  async complaints(@Caller() context: Context, @Parent() { caseId }: CaseParent): Promise<readonly object[]> {
    return this.unitOfWork.read(context, async (read) => {
      const events = await this.ledger.events(read, { about: { kind: 'case', id: caseId }, first: COMPLAINTS_MAX, after: null });
      const complaints = events.filter(({ entry }) => entry.type === 'case.complained');
      return Promise.all(
        complaints.map(async ({ id, entry }) => {
          const text = await this.ledger.openText(read, id, 'complaint');
          const said = text === null ? null : (JSON.parse(text) as { statement: string; name: string; contact: string });
          return { at: entry.at, statement: said?.statement ?? null, name: said?.name ?? null, contact: said?.contact ?? null };
        }),
      );
    });
  }

  private change(context: Context, operation: string, success: string, input: OneInput, work: Change): Promise<object> {
    return this.run(context, operation, success, input, async (write) => {
      const id = parseId('case', input.case);
      return id ? work(write, id) : refuse(notFound('case'));
    });
  }

  private async run(context: Context, operation: string, success: string, input: Keyed, work: Work): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const changed = await work(write);
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id: CaseId) => {
      const [found] = await this.unitOfWork.read(context, (read) => this.cases.findMany(read, [id]));
      return { case: toCase(valueOf(found ? ok(found) : refuse(notFound('case')))) };
    });
  }

  private async load(door: DoorContext, id: CaseId): Promise<object | null> {
    const found = await this.loader.load(door, id);
    return found && toCase(found);
  }
}

/** Null: one of them is no subject's id. */
function subjectsOf(ids: readonly string[]): readonly SubjectId[] | null {
  const subjects = ids.flatMap((text) => parseId('subject', text) ?? []);
  return subjects.length === ids.length ? subjects : null;
}
