import { allow } from '@imprimatur/domain/identity';
import {
  type Forbidden,
  newId,
  notFound,
  type NotFound,
  type NoticeId,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { NoticeMail } from './notice.mail.js';
import { NoticeRepository } from './notice.repository.js';
import type { Addressee, Notice, NoticeCause, NoticeSlice } from './notice.types.js';

/** The outbox. A notice is written in the transaction of its cause, whose own event tells the ledger; everybody reads their own. */
@Injectable()
export class NoticeService {
  constructor(
    private readonly notices: NoticeRepository,
    private readonly mail: NoticeMail,
  ) {}

  /** Answers how many were told now: whoever was told of this cause before is not told again. The caller authorised what it tells of. */
  async tell(write: WriteContext, cause: NoticeCause, addressees: readonly Addressee[]): Promise<number> {
    const told: Notice[] = [];
    for (const { subject: addressee, exports } of addressees) {
      const notice: Notice = {
        ...cause,
        id: newId('notice'),
        addressee,
        exports,
        createdAt: systemClock.now(),
        readAt: null,
        mailedAt: null,
      };
      if (await this.notices.insert(write, notice)) told.push(notice);
    }
    await this.mail.enqueue(write, told);
    return told.length;
  }

  /** The actor's own, newest first. */
  async list(read: ReadContext, slice: NoticeSlice): Promise<readonly Notice[]> {
    const own = this.addresseeOf(read);
    return own === null ? [] : this.notices.page(read, own, slice);
  }

  /** Those of `ids` that are the actor's own, in no order. */
  async findMany(read: ReadContext, ids: readonly NoticeId[]): Promise<readonly Notice[]> {
    const own = this.addresseeOf(read);
    return own === null ? [] : this.notices.findMany(read, own, ids);
  }

  /** Again: the first time stays. */
  async markRead(write: WriteContext, id: NoticeId): Promise<Result<Notice, NotFound | Forbidden>> {
    const denied = allow(write.context, 'edit', 'Notice');
    if (denied) return refuse(denied);
    const { subject } = write.context.actor;
    if (subject === null) return refuse(notFound('notice'));
    await this.notices.setRead(write, subject, id, systemClock.now());
    const [notice] = await this.notices.findMany(write, subject, [id]);
    return notice ? ok(notice) : refuse(notFound('notice'));
  }

  private addresseeOf({ context }: ReadContext): SubjectId | null {
    return allow(context, 'read', 'Notice') ? null : context.actor.subject;
  }
}
