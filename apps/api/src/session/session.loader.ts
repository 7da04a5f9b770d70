import { EditingService, type Session } from '@imprimatur/domain/editing';
import type { Context, SessionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class SessionLoader extends RequestLoader<SessionId, Session> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, Session>> {
    const found = await this.unitOfWork.read(context, (read) => this.editing.findSessions(read, ids));
    return new Map(found.map((session) => [session.id, session]));
  }
}
