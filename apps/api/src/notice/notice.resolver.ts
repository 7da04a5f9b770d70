import { NoticeService } from '@imprimatur/domain/notices';
import { type Context, notFound, type NoticeId, ok, parseId, refuse } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { OnModuleInit } from '@nestjs/common';
import { Args, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import {
  Caller,
  type Connection,
  connectionArgs,
  isIdKey,
  type Look,
  MutationRunner,
  NodeRegistry,
  type PageArgs,
  payloadOf,
  toConnection,
} from '../door/index.js';
import { NoticeLoader } from './notice.loader.js';
import { toNotice } from './notice.mapper.js';
import { NoticeWatch } from './notice.watch.js';

@Resolver()
export class NoticeResolver implements OnModuleInit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly notices: NoticeService,
    private readonly loader: NoticeLoader,
    private readonly watch: NoticeWatch,
    private readonly nodes: NodeRegistry,
  ) {}

  onModuleInit(): void {
    this.nodes.register('notice', 'Notice', async (door, id) => {
      const notice = await this.loader.load(door, id as NoticeId);
      return notice && toNotice(notice);
    });
  }

  @Query('notices')
  async list(@Caller() context: Context, @Args() args: PageArgs & { readonly unread: boolean }): Promise<Connection<object>> {
    const page = connectionArgs(args, isIdKey);
    const slice = { unreadOnly: args.unread, first: page.limit, after: page.after };
    const found = await this.unitOfWork.read(context, (read) => this.notices.list(read, slice));
    return toConnection(page, found, ({ id }) => id, toNotice);
  }

  @Subscription('noticeReceived', { resolve: (notice: object) => notice })
  received(@Caller() context: Context): AsyncIterable<Look> {
    return this.watch.follow(context);
  }

  @Mutation('markNoticeRead')
  async markRead(
    @Caller() context: Context,
    @Args('input') input: { readonly idempotencyKey: string; readonly notice: string },
  ): Promise<object> {
    const result = await this.mutations.run(context, 'markNoticeRead', input, async (write) => {
      const id = parseId('notice', input.notice);
      const marked = id ? await this.notices.markRead(write, id) : refuse(notFound('notice'));
      return marked.ok ? ok(marked.value.id) : marked;
    });
    return payloadOf(result, 'MarkNoticeReadSuccess', async (id) => {
      const [notice] = await this.unitOfWork.read(context, (read) => this.notices.findMany(read, [id]));
      return { notice: notice && toNotice(notice) };
    });
  }
}
