import { ContactService } from '@imprimatur/domain/identity';
import { type NoticeId, type SubjectId, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { NoticeRepository } from './notice.repository.js';
import type { Notice } from './notice.types.js';
import { PreferenceRepository } from './preference.repository.js';

/** The job of one mail. Payload: `notice`. */
export const MAIL_JOB = 'notice-mail';

/** Notices that go out by mail too: enqueued with the notice, and sent by whoever has a mail server. */
@Injectable()
export class NoticeMail {
  constructor(
    private readonly notices: NoticeRepository,
    private readonly preferences: PreferenceRepository,
    private readonly contacts: ContactService,
    private readonly jobs: Jobs,
  ) {}

  /** Of notices of one kind, which were just written. */
  async enqueue(write: WriteContext, notices: readonly Notice[]): Promise<void> {
    const [first] = notices;
    if (!first) return;
    const subjects: readonly SubjectId[] = notices.map(({ addressee }) => addressee);
    const wanting = await this.preferences.wanting(write, subjects, 'mail', first.kind);
    for (const { id, addressee } of notices) {
      if (wanting.has(addressee)) await this.jobs.enqueue(write, { kind: MAIL_JOB, key: id, payload: { notice: id } });
    }
  }

  /** What is to be sent, and where to. Null: it was sent, or there is no address (any more). */
  async prepare(read: ReadContext, id: NoticeId): Promise<{ readonly notice: Notice; readonly address: string } | null> {
    const notice = await this.notices.findAny(read, id);
    const address = notice && notice.mailedAt === null ? await this.contacts.mailAddress(read, notice.addressee) : null;
    return notice && address !== null ? { notice, address } : null;
  }

  async recordMailed(write: WriteContext, id: NoticeId): Promise<void> {
    await this.notices.setMailed(write, id, systemClock.now());
  }
}
