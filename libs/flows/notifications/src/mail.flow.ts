import { NoticeMail } from '@imprimatur/domain/notices';
import type { Context, NoticeId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { JobRun } from '@imprimatur/platform/jobs';
import { MAILER, type Mailer } from '@imprimatur/platform/mail';
import { Inject, Injectable } from '@nestjs/common';
import { letterOf } from './mail.letter.js';

/** Injection token: where mails lead; undefined: nowhere. */
export const PUBLIC_URL = Symbol('PublicUrl');

/** Carries one notice to a mailbox. */
@Injectable()
export class MailFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mail: NoticeMail,
    @Inject(MAILER) private readonly mailer: Mailer | null,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | undefined,
  ) {}

  /** Read, send, record: a worker that dies before the last sends the same letter, with the same message id, again. Without a mail server: nothing. */
  async carryOut(context: Context, id: NoticeId, { signal, complete }: Pick<JobRun, 'signal' | 'complete'>): Promise<void> {
    if (!this.mailer) return;
    const prepared = await this.unitOfWork.read(context, (read) => this.mail.prepare(read, id));
    signal.throwIfAborted();
    if (!prepared) return;
    await this.mailer.send(letterOf(prepared.notice, prepared.address, this.publicUrl));
    await this.unitOfWork.write(context, async (write) => {
      await this.mail.recordMailed(write, id);
      await complete(write);
    });
  }
}
