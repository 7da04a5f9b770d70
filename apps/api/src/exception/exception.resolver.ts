import type { MaybeAssertion } from '@imprimatur/domain/identity';
import { LedgerReader } from '@imprimatur/domain/ledger';
import {
  type ExceptionRefusal,
  ExceptionService,
  type ExceptionState,
  type NewException,
  type PolicyException,
} from '@imprimatur/domain/policies';
import { ExceptionFlow } from '@imprimatur/flows/gates';
import { type Context, type ExceptionId, notFound, ok, parseId, refuse, type Result } from '@imprimatur/kernel';
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
import { ExceptionLoader } from './exception.loader.js';
import { type ExceptionParent, fromScope, toException } from './exception.mapper.js';

interface WishInput {
  readonly idempotencyKey: string;
  readonly rule: string;
  readonly scopeKind: string;
  readonly scope: string;
  readonly owner?: string | null;
  readonly reason: string;
  readonly until: Date;
}

interface OneInput {
  readonly idempotencyKey: string;
  readonly exception: string;
}

interface SignedInput extends OneInput {
  readonly assertion?: MaybeAssertion;
}

type Change = (write: WriteContext, id: ExceptionId) => Promise<Result<PolicyException>>;

@Resolver('PolicyException')
export class ExceptionResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly exceptions: ExceptionService,
    private readonly flow: ExceptionFlow,
    private readonly ledger: LedgerReader,
    private readonly loader: ExceptionLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('exception', 'PolicyException', (door, id) => this.load(door, id as ExceptionId));
  }

  @Query('policyException')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('exception', text);
    return id && this.load(door, id);
  }

  @Query('policyExceptions')
  async list(
    @Caller() context: Context,
    @Args() args: PageArgs & { readonly state?: string | null; readonly needsReview?: boolean | null },
  ): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const state = (args.state?.toLowerCase() ?? null) as ExceptionState | null;
    const found = await this.unitOfWork.read(context, (read) =>
      this.exceptions.list(read, { state, needsReview: args.needsReview ?? false, first: page.limit, after: page.after }),
    );
    return toConnection(page, found, ({ id }) => id, toException);
  }

  @Mutation('proposePolicyException')
  async propose(@Caller() context: Context, @Args('input') input: WishInput): Promise<object> {
    return this.begin(context, 'proposePolicyException', 'ProposePolicyExceptionSuccess', input, (write, wish) =>
      this.flow.propose(write, wish),
    );
  }

  @Mutation('breakGlass')
  async breakGlass(@Caller() context: Context, @Args('input') input: WishInput): Promise<object> {
    return this.begin(context, 'breakGlass', 'BreakGlassSuccess', input, (write, wish) => this.flow.breakGlass(write, wish));
  }

  @Mutation('approvePolicyException')
  async approve(@Caller() context: Context, @Args('input') input: SignedInput): Promise<object> {
    return this.change(context, 'approvePolicyException', 'ApprovePolicyExceptionSuccess', input, (write, id) =>
      this.exceptions.approve(write, id, input.assertion),
    );
  }

  @Mutation('reviewBreakGlass')
  async review(
    @Caller() context: Context,
    @Args('input') input: SignedInput & { readonly justified: boolean; readonly reason: string },
  ): Promise<object> {
    return this.change(context, 'reviewBreakGlass', 'ReviewBreakGlassSuccess', input, (write, id) =>
      this.exceptions.review(write, id, input, input.assertion),
    );
  }

  @Mutation('endPolicyException')
  async end(@Caller() context: Context, @Args('input') input: OneInput & { readonly reason: string }): Promise<object> {
    return this.change(context, 'endPolicyException', 'EndPolicyExceptionSuccess', input, (write, id) =>
      this.exceptions.end(write, id, input.reason),
    );
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: ExceptionParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }

  private async begin(
    context: Context,
    operation: string,
    success: string,
    input: WishInput,
    work: (write: WriteContext, wish: NewException) => Promise<Result<PolicyException, ExceptionRefusal>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const scope = fromScope(input.scopeKind, input.scope);
      if (!scope) return refuse(notFound(input.scopeKind.toLowerCase().replace('_', ' ')));
      const owner = input.owner ? parseId('subject', input.owner) : context.actor.subject;
      if (!owner) return refuse(notFound('subject'));
      const begun = await work(write, { rule: input.rule, scope, owner, reason: input.reason, until: input.until });
      return begun.ok ? ok(begun.value.id) : begun;
    });
    return payloadOf(result, success, async (id) => ({ exception: await this.found(context, id) }));
  }

  private async change(context: Context, operation: string, success: string, input: OneInput, work: Change): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const id = parseId('exception', input.exception);
      const changed = id ? await work(write, id) : refuse(notFound('exception'));
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => ({ exception: await this.found(context, id) }));
  }

  private async found(context: Context, id: ExceptionId): Promise<object> {
    const [exception] = await this.unitOfWork.read(context, (read) => this.exceptions.findMany(read, [id]));
    return toException(valueOf(exception ? ok(exception) : refuse(notFound('exception'))));
  }

  private async load(door: DoorContext, id: ExceptionId): Promise<object | null> {
    const exception = await this.loader.load(door, id);
    return exception && toException(exception);
  }
}
