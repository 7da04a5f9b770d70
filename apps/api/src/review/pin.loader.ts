import { SubjectService } from '@imprimatur/domain/identity';
import { PinService, type ReviewPin } from '@imprimatur/domain/review';
import type { Context, PinId, SubjectId, TaskId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class PinLoader extends RequestLoader<PinId, ReviewPin> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pins: PinService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly PinId[]): Promise<ReadonlyMap<PinId, ReviewPin>> {
    const found = await this.unitOfWork.read(context, (read) => this.pins.findMany(read, ids));
    return new Map(found.map((pin) => [pin.id, pin]));
  }
}

@Injectable()
export class PinsOfTaskLoader extends RequestLoader<TaskId, readonly ReviewPin[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pins: PinService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TaskId[]): Promise<ReadonlyMap<TaskId, readonly ReviewPin[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.pins.ofTasks(read, ids));
    return new Map(ids.map((id) => [id, found.filter(({ task }) => task === id)]));
  }
}

/** The pseudonyms by which people stand in the ledger. */
@Injectable()
export class PersonRefLoader extends RequestLoader<SubjectId, string> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly subjects: SubjectService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, string>> {
    const found = await this.unitOfWork.read(context, (read) => this.subjects.findMany(read, ids));
    return new Map(found.map(({ id, ref }) => [id, ref]));
  }
}
