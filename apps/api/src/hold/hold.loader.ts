import { HoldService, type LegalHold } from '@imprimatur/domain/retention';
import type { Context, HoldId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class HoldLoader extends RequestLoader<HoldId, LegalHold> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly holds: HoldService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly HoldId[]): Promise<ReadonlyMap<HoldId, LegalHold>> {
    const found = await this.unitOfWork.read(context, (read) => this.holds.findMany(read, ids));
    return new Map(found.map((hold) => [hold.id, hold]));
  }
}
