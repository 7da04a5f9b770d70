import { NOTICE_CHANNEL, NoticeService, noticeTopic } from '@imprimatur/domain/notices';
import type { Context, NoticeId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { contextFor, LiveSource, type Look } from '../door/index.js';
import { toNotice } from './notice.mapper.js';

/** As many as come at once; more than these stand in `notices`. */
const UNREAD_MAX = 50;

/** Follows what its subscriber is told: every notice of theirs that comes from now on, oldest first. */
@Injectable()
export class NoticeWatch {
  constructor(
    private readonly source: LiveSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly notices: NoticeService,
  ) {}

  follow({ tenant, actor }: Context): AsyncIterableIterator<Look> {
    let known: ReadonlySet<NoticeId> | null = null;
    const look: Look = async (door) => {
      const unread = await this.unitOfWork.read(contextFor(door), (read) =>
        this.notices.list(read, { unreadOnly: true, first: UNREAD_MAX, after: null }),
      );
      const before = known;
      known = new Set([...(before ?? []), ...unread.map(({ id }) => id)]);
      return before === null
        ? []
        : unread
            .filter(({ id }) => !before.has(id))
            .reverse()
            .map(toNotice);
    };
    const topic = actor.subject === null ? null : noticeTopic(tenant, actor.subject);
    return this.source.follow({ channel: NOTICE_CHANNEL, concerns: (payload) => payload === topic }, look);
  }
}
