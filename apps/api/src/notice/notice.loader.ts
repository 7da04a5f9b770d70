import { type Notice, NoticeService } from '@imprimatur/domain/notices';
import type { Context, NoticeId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class NoticeLoader extends RequestLoader<NoticeId, Notice> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notices: NoticeService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly NoticeId[]): Promise<ReadonlyMap<NoticeId, Notice>> {
    const found = await this.unitOfWork.read(context, (read) => this.notices.findMany(read, ids));
    return new Map(found.map((notice) => [notice.id, notice]));
  }
}
