import { type Recall, type RecallRecipient, RecallService } from '@imprimatur/domain/publications';
import type { Context, RecallId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class RecallLoader extends RequestLoader<RecallId, Recall> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly recalls: RecallService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly RecallId[]): Promise<ReadonlyMap<RecallId, Recall>> {
    const found = await this.unitOfWork.read(context, (read) => this.recalls.findMany(read, ids));
    return new Map(found.map((recall) => [recall.id, recall]));
  }
}

@Injectable()
export class RecallRecipientLoader extends RequestLoader<RecallId, readonly RecallRecipient[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly recalls: RecallService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly RecallId[]): Promise<ReadonlyMap<RecallId, readonly RecallRecipient[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.recalls.recipients(read, ids));
    return new Map(ids.map((id) => [id, found.filter(({ recall }) => recall === id)]));
  }
}
