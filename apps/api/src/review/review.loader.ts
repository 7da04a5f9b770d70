import { SubjectService } from '@imprimatur/domain/identity';
import { DecisionReader, ReviewService, type ReviewTask } from '@imprimatur/domain/review';
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
    private readonly reader: DecisionReader,
    private readonly subjects: SubjectService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TaskId[]): Promise<ReadonlyMap<TaskId, readonly object[]>> {
    return this.unitOfWork.read(context, async (read) => {
      const decisions = await this.reviews.decisions(read, ids);
      const made = decisions.map(({ id }) => id);
      const [fates, conditions] = [await this.reader.fates(read, made), await this.reader.conditionsOf(read, made)];
      const reviewers = await this.subjects.findMany(
        read,
        decisions.map(({ reviewer }) => reviewer),
      );
      const refs = new Map(reviewers.map(({ id, ref }) => [id, ref]));
      const shown = decisions.map((decision) => ({
        task: decision.task,
        shown: toDecision(decision, {
          reviewer: refs.get(decision.reviewer) ?? 'unknown',
          fate: fates.get(decision.id) ?? 'followed',
          conditions: conditions.filter((each) => each.decision === decision.id),
        }),
      }));
      return new Map(ids.map((id) => [id, shown.filter(({ task }) => task === id).map((each) => each.shown)]));
    });
  }
}
