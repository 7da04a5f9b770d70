import { SubjectService } from '@imprimatur/domain/identity';
import { ReviewService, type ReviewTask } from '@imprimatur/domain/review';
import type { Context, TaskId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';
import { toDecision } from './review.mapper.js';

@Injectable()
export class TaskLoader extends RequestLoader<TaskId, ReviewTask> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reviews: ReviewService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TaskId[]): Promise<ReadonlyMap<TaskId, ReviewTask>> {
    const found = await this.unitOfWork.read(context, (read) => Promise.all(ids.map((id) => this.reviews.find(read, id))));
    return new Map(found.flatMap((task) => (task.ok ? [[task.value.id, task.value] as const] : [])));
  }
}

/** The decisions of a task, as the API shows them. */
@Injectable()
export class DecisionsOfTaskLoader extends RequestLoader<TaskId, readonly object[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reviews: ReviewService,
    private readonly subjects: SubjectService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TaskId[]): Promise<ReadonlyMap<TaskId, readonly object[]>> {
    return this.unitOfWork.read(context, async (read) => {
      const decisions = await this.reviews.decisions(read, ids);
      const reviewers = new Map(
        (
          await this.subjects.findMany(
            read,
            decisions.map(({ reviewer }) => reviewer),
          )
        ).map(({ id, ref }) => [id, ref]),
      );
      return new Map(
        ids.map((id) => [
          id,
          decisions
            .filter(({ task }) => task === id)
            .map((decision) => toDecision(decision, reviewers.get(decision.reviewer) ?? 'unknown')),
        ]),
      );
    });
  }
}
