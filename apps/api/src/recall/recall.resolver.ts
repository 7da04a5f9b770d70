import { LedgerReader } from '@imprimatur/domain/ledger';
import { type Recall, RecallService } from '@imprimatur/domain/publications';
import { RecallFlow } from '@imprimatur/flows/recalls';
import { type Context, notFound, ok, parseId, type RecallId, type Refusal, refuse, type Result } from '@imprimatur/kernel';
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
} from '../door/index.js';
import { RecallLoader, RecallRecipientLoader } from './recall.loader.js';
import {
  fromAnswer,
  fromCriterion,
  fromOutcome,
  fromState,
  type RecallParent,
  toQuestion,
  toRecall,
  toRecipient,
} from './recall.mapper.js';

interface Criterion {
  readonly kind: string;
  readonly value: string;
}

interface CloseInput {
  readonly idempotencyKey: string;
  readonly recall: string;
  readonly outcome: string;
  readonly reason: string;
  readonly unanswered: boolean;
}

@Resolver('Recall')
export class RecallResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly recalls: RecallService,
    private readonly flow: RecallFlow,
    private readonly ledger: LedgerReader,
    private readonly loader: RecallLoader,
    private readonly recipients: RecallRecipientLoader,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('recall', 'Recall', (door, id) => this.load(door, id as RecallId));
  }

  @Query('recall')
  async one(@Door() door: DoorContext, @Args('id') text: string): Promise<object | null> {
    const id = parseId('recall', text);
    return id && this.load(door, id);
  }

  @Query('recalls')
  async list(@Caller() context: Context, @Args() args: PageArgs & { readonly state?: string | null }): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const slice = { state: fromState(args.state), first: page.limit, after: page.after };
    const found = await this.unitOfWork.read(context, (read) => this.recalls.list(read, slice));
    return toConnection(page, found, ({ id }) => id, toRecall);
  }

  @Query('previewRecall')
  async preview(@Caller() context: Context, @Args() criterion: Criterion): Promise<object> {
    const result = await this.unitOfWork.read(context, (read) => this.flow.preview(read, fromCriterion(criterion)));
    return payloadOf(result, 'RecallPreview', async (counts) => counts);
  }

  @Query('recallQuestions')
  async questions(@Caller() context: Context): Promise<readonly object[]> {
    return (await this.unitOfWork.read(context, (read) => this.recalls.asked(read))).map(toQuestion);
  }

  @Mutation('openRecall')
  async open(
    @Caller() context: Context,
    @Args('input') input: Criterion & { readonly idempotencyKey: string; readonly reason: string },
  ): Promise<object> {
    return this.change(context, 'openRecall', 'OpenRecallSuccess', input, (write) =>
      this.recalls.open(write, fromCriterion(input), input.reason),
    );
  }

  @Mutation('answerRecall')
  async answer(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly recall: string; readonly answer: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'answerRecall', input, async (write) => {
      const id = parseId('recall', input.recall);
      const answered = id ? await this.recalls.answer(write, id, fromAnswer(input.answer)) : refuse(notFound('recall'));
      return answered.ok ? ok(answered.value.id) : answered;
    });
    return payloadOf(result, 'AnswerRecallSuccess', async () => ({ open: await this.questions(context) }));
  }

  @Mutation('closeRecall')
  async close(@Caller() context: Context, @Args('input') input: CloseInput): Promise<object> {
    return this.change(context, 'closeRecall', 'CloseRecallSuccess', input, async (write) => {
      const id = parseId('recall', input.recall);
      const { reason, unanswered } = input;
      return id ? this.flow.close(write, id, { outcome: fromOutcome(input.outcome), unanswered, reason }) : refuse(notFound('recall'));
    });
  }

  @ResolveField('reason')
  async reason(@Caller() context: Context, @Parent() { entryId }: RecallParent): Promise<string | null> {
    return this.unitOfWork.read(context, (read) => this.ledger.openText(read, entryId, 'reason'));
  }

  @ResolveField('recipients')
  async asked(@Door() door: DoorContext, @Parent() { recallId }: RecallParent): Promise<readonly object[]> {
    return ((await this.recipients.load(door, recallId)) ?? []).map(toRecipient);
  }

  private async change(
    context: Context,
    operation: string,
    success: string,
    input: { readonly idempotencyKey: string },
    work: (write: WriteContext) => Promise<Result<Recall, Refusal>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const changed = await work(write);
      return changed.ok ? ok(changed.value.id) : changed;
    });
    return payloadOf(result, success, async (id) => {
      const [found] = await this.unitOfWork.read(context, (read) => this.recalls.findMany(read, [id]));
      return { recall: found && toRecall(found) };
    });
  }

  private async load(door: DoorContext, id: RecallId): Promise<object | null> {
    const recall = await this.loader.load(door, id);
    return recall && toRecall(recall);
  }
}
