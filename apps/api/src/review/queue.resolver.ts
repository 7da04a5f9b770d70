import { type Absence, AbsenceService, QueueService, type TaskCursor } from '@imprimatur/domain/review';
import { QueueFlow } from '@imprimatur/flows/queues';
import { type Context, isUuid, type Json, notFound, ok, parseId, refuse, type TaskId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller, type Connection, connectionArgs, MutationRunner, type PageArgs, payloadOf, toConnection } from '../door/index.js';
import { toAbsence, toQueue, toReviewer } from './queue.mapper.js';
import { cursorOf, toTask } from './review.mapper.js';

interface QueueArgs extends PageArgs {
  readonly queue?: string | null;
  readonly state?: 'OPEN' | 'CLAIMED' | null;
  readonly mine: boolean;
  readonly breached: boolean;
}

interface AbsenceInput {
  readonly idempotencyKey: string;
  readonly absence?: {
    readonly from: Date;
    readonly until: Date;
    readonly deputy?: string | null;
    readonly text: string;
  } | null;
}

@Resolver()
export class QueueResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly queues: QueueService,
    private readonly absences: AbsenceService,
    private readonly flow: QueueFlow,
  ) {}

  @Query('reviewQueue')
  async list(@Caller() context: Context, @Args() args: QueueArgs): Promise<Connection<object>> {
    const page = connectionArgs(args, (key) => readCursor(key) !== null);
    const filter = {
      queue: args.queue ?? null,
      state: args.state === 'OPEN' ? ('open' as const) : args.state === 'CLAIMED' ? ('claimed' as const) : null,
      isMine: args.mine,
      isBreached: args.breached,
    };
    const tasks = await this.unitOfWork.read(context, (read) =>
      this.queues.list(read, { ...filter, first: page.limit, after: page.after === null ? null : readCursor(page.after) }),
    );
    return toConnection(page, tasks, cursorOf, toTask);
  }

  @Query('reviewQueues')
  async standings(@Caller() context: Context): Promise<readonly object[]> {
    return (await this.unitOfWork.read(context, (read) => this.flow.standings(read))).map(toQueue);
  }

  @Query('reviewers')
  async reviewers(@Caller() context: Context, @Args('queue') queue?: string | null): Promise<readonly object[]> {
    return (await this.unitOfWork.read(context, (read) => this.queues.reviewers(read, queue ?? null))).map(toReviewer);
  }

  @Mutation('setAbsence')
  async setAbsence(@Caller() context: Context, @Args('input') input: AbsenceInput): Promise<object> {
    const wish = input.absence ?? null;
    const result = await this.mutations.run(context, 'setAbsence', input, async (write) => {
      const named = wish?.deputy ?? null;
      const deputy = named === null ? null : parseId('subject', named);
      if (named !== null && deputy === null) return refuse(notFound('member'));
      const set = await this.absences.set(write, wish && { from: wish.from, until: wish.until, deputy, text: wish.text });
      return set.ok ? ok<Json>(null) : set;
    });
    return payloadOf(result, 'SetAbsenceSuccess', async () => {
      const own: Absence | null = await this.unitOfWork.read(context, (read) => this.absences.own(read));
      return { absence: own && toAbsence(own) };
    });
  }
}

const PRIORITY = /^\d$/;

/** Null: of another connection. */
function readCursor(text: string): TaskCursor | null {
  const [priority = '', dueAt = '', id = ''] = text.split('|');
  const due = new Date(dueAt);
  if (!PRIORITY.test(priority) || !isUuid(id) || Number.isNaN(due.getTime())) return null;
  return { priority: Number(priority), dueAt: due, id: id as TaskId };
}
