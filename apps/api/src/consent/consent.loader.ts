import { type ConsentRecord, ConsentService } from '@imprimatur/domain/consent';
import type { ConsentId, Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class ConsentLoader extends RequestLoader<ConsentId, ConsentRecord> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly consents: ConsentService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ConsentId[]): Promise<ReadonlyMap<ConsentId, ConsentRecord>> {
    const found = await this.unitOfWork.read(context, (read) => this.consents.findMany(read, ids));
    return new Map(found.map((record) => [record.id, record]));
  }
}
