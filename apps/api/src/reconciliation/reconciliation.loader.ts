import { type Reconciliation, ReconciliationService } from '@imprimatur/domain/providers';
import type { Context, ReconciliationId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class ReconciliationLoader extends RequestLoader<ReconciliationId, Reconciliation> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reconciliations: ReconciliationService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ReconciliationId[]): Promise<ReadonlyMap<ReconciliationId, Reconciliation>> {
    const found = await this.unitOfWork.read(context, (read) => this.reconciliations.findMany(read, ids));
    return new Map(found.map((each) => [each.id, each]));
  }
}
