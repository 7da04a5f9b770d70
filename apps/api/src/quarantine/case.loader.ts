import { CaseService, type QuarantineCase } from '@imprimatur/domain/quarantine';
import type { CaseId, Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class CaseLoader extends RequestLoader<CaseId, QuarantineCase> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cases: CaseService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly CaseId[]): Promise<ReadonlyMap<CaseId, QuarantineCase>> {
    const found = await this.unitOfWork.read(context, (read) => this.cases.findMany(read, ids));
    return new Map(found.map((each) => [each.id, each]));
  }
}
