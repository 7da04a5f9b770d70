import { ReviewService } from '@imprimatur/domain/review';
import { AppealFlow, BulkFlow, PublicationFlow, RejudgeFlow, ReviewFlow } from '@imprimatur/flows/gates';
import { type Context, notFound, ok, parseId, refuse, type Result, type TaskId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf, valueOf } from '../door/index.js';
import { digestOf, outcomeOf } from './review.input.js';
import { toTask } from './review.mapper.js';

interface Keyed {
  readonly idempotencyKey: string;
}

interface DecideTasksInput extends Keyed {
  readonly tasks: readonly { readonly task: string; readonly contentSha256: string }[];
  readonly outcome: string;
  readonly reasonCode: string;
  readonly text: string;
}

type Work = (write: WriteContext) => Promise<Result<{ readonly task: TaskId }>>;

/** What people do around a decision: take it back, decide many, have it judged again, appeal, ask for publication. */
@Resolver()
export class DecisionResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly reviews: ReviewService,
    private readonly review: ReviewFlow,
    private readonly bulk: BulkFlow,
    private readonly rejudgement: RejudgeFlow,
    private readonly appeals: AppealFlow,
    private readonly publication: PublicationFlow,
  ) {}

  @Mutation('undoDecision')
  async undo(@Caller() context: Context, @Args('input') input: Keyed & { readonly decision: string }): Promise<object> {
    const id = parseId('decision', input.decision);
    return this.run(context, ['undoDecision', 'UndoDecisionSuccess'], input, async (write) =>
      id ? this.review.undo(write, id) : refuse(notFound('decision')),
    );
  }

  @Mutation('rejudgeTask')
  async rejudge(@Caller() context: Context, @Args('input') input: Keyed & { readonly task: string }): Promise<object> {
    const id = parseId('task', input.task);
    return this.run(context, ['rejudgeTask', 'RejudgeTaskSuccess'], input, async (write) =>
      id ? this.rejudgement.rejudge(write, id) : refuse(notFound('review task')),
    );
  }

  @Mutation('appealDecision')
  async appeal(
    @Caller() context: Context,
    @Args('input') input: Keyed & { readonly item: string; readonly reason: string },
  ): Promise<object> {
    const id = parseId('item', input.item);
    return this.run(context, ['appealDecision', 'AppealDecisionSuccess'], input, async (write) =>
      id ? this.appeals.appeal(write, id, input.reason) : refuse(notFound('turn item')),
    );
  }

  @Mutation('requestPublication')
  async publish(
    @Caller() context: Context,
    @Args('input') input: Keyed & { readonly version: string; readonly reason: string },
  ): Promise<object> {
    const id = parseId('version', input.version);
    return this.run(context, ['requestPublication', 'RequestPublicationSuccess'], input, async (write) =>
      id ? this.publication.request(write, id, input.reason) : refuse(notFound('version')),
    );
  }

  /** Each task has a key of its own, made of the request's: a repetition goes on where the first one stopped. */
  @Mutation('decideTasks')
  async decideMany(@Caller() context: Context, @Args('input') input: DecideTasksInput): Promise<object> {
    const wishes = input.tasks.map(({ task, contentSha256 }) => ({
      text: task,
      id: parseId('task', task),
      digest: digestOf(contentSha256),
    }));
    const ids = wishes.flatMap(({ id }) => id ?? []);
    const checked =
      ids.length < wishes.length
        ? refuse(notFound('review task'))
        : await this.unitOfWork.read(context, (read) => this.bulk.check(read, ids));
    return payloadOf(checked, 'DecideTasksSuccess', async () => {
      const tasks: object[] = [];
      for (const { text, id, digest } of wishes) {
        const { idempotencyKey, outcome, reasonCode, text: words } = input;
        const asked = {
          idempotencyKey: `${idempotencyKey}:${id ?? ''}`,
          outcome,
          reasonCode,
          words,
          digest: Buffer.from(digest).toString('hex'),
        };
        const decided = await this.mutations.run(context, 'decideTasks', asked, async (write) => {
          if (!id) return refuse(notFound('review task'));
          const decision = { task: id, outcome: outcomeOf(outcome), reasonCode, text: words, contentDigest: digest };
          const done = await this.bulk.decideOne(write, decision);
          return done.ok ? ok(done.value.task) : done;
        });
        tasks.push({ task: text, refused: decided.ok ? null : { ...decided.refusal, __typename: 'Refused' } });
      }
      return { tasks };
    });
  }

  private async run(context: Context, [operation, success]: readonly [string, string], input: Keyed, work: Work): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const done = await work(write);
      return done.ok ? ok(done.value.task) : done;
    });
    return payloadOf(result, success, async (id) => ({
      task: toTask(valueOf(await this.unitOfWork.read(context, (read) => this.reviews.find(read, id)))),
    }));
  }
}
