import { ExceptionService, type PolicyException } from '@imprimatur/domain/policies';
import type { Context, ExceptionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class ExceptionLoader extends RequestLoader<ExceptionId, PolicyException> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly exceptions: ExceptionService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ExceptionId[]): Promise<ReadonlyMap<ExceptionId, PolicyException>> {
    const found = await this.unitOfWork.read(context, (read) => this.exceptions.findMany(read, ids));
    return new Map(found.map((exception) => [exception.id, exception]));
  }
}
