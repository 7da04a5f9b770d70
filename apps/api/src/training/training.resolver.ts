import type { TrainingAnswer, TrainingAttempt, TrainingRefusal } from '@imprimatur/domain/training';
import { DutyFlow } from '@imprimatur/flows/gates';
import { type Context, notFound, ok, parseId, refuse, type Result } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf, valueOf, valueOrNull } from '../door/index.js';
import { toAttempt, toMemberTraining, toModule } from './training.mapper.js';

interface SubmitInput {
  readonly idempotencyKey: string;
  readonly attempt: string;
  readonly answers: readonly TrainingAnswer[];
}

@Resolver()
export class TrainingResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly duties: DutyFlow,
  ) {}

  @Query('trainingModules')
  async modules(@Caller() context: Context): Promise<readonly object[]> {
    const { trainings } = await this.unitOfWork.read(context, async (read) => valueOf(await this.duties.own(read)));
    return trainings.map(toModule);
  }

  @Query('memberTraining')
  async ofMember(@Caller() context: Context, @Args('member') member: string): Promise<object | null> {
    const id = parseId('subject', member);
    const duties = id && valueOrNull(await this.unitOfWork.read(context, (read) => this.duties.ofMember(read, id)));
    return duties && toMemberTraining(duties);
  }

  @Mutation('startTraining')
  async start(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly module: string },
  ): Promise<object> {
    return this.answer(context, 'startTraining', 'StartTrainingSuccess', input, (write) => this.duties.start(write, input.module));
  }

  @Mutation('submitTraining')
  async submit(@Caller() context: Context, @Args('input') input: SubmitInput): Promise<object> {
    return this.answer(context, 'submitTraining', 'SubmitTrainingSuccess', input, async (write) => {
      const id = parseId('training', input.attempt);
      return id ? this.duties.submit(write, id, input.answers) : refuse(notFound('training'));
    });
  }

  private async answer(
    context: Context,
    operation: string,
    success: string,
    input: { readonly idempotencyKey: string },
    work: (write: WriteContext) => Promise<Result<TrainingAttempt, TrainingRefusal>>,
  ): Promise<object> {
    const result = await this.mutations.run(context, operation, input, async (write) => {
      const done = await work(write);
      return done.ok ? ok(done.value.id) : done;
    });
    return payloadOf(result, success, async (id) => {
      const { attempt, questions } = await this.unitOfWork.read(context, async (read) => valueOf(await this.duties.attempt(read, id)));
      return { attempt: toAttempt(attempt, questions) };
    });
  }
}
