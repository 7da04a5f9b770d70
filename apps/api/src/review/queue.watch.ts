import { EVENT_CHANNEL, eventTopic } from '@imprimatur/domain/ledger';
import { QueueService, type ReviewTask } from '@imprimatur/domain/review';
import type { Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { contextFor, LiveSource, type Look, onlyNews, type Page, toConnection } from '../door/index.js';
import { cursorOf, toTask } from './review.mapper.js';

/** Follows a queue for a reviewer: its most urgent tasks now, and again when what they see of it has changed. */
@Injectable()
export class QueueWatch {
  constructor(
    private readonly source: LiveSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly queues: QueueService,
  ) {}

  follow({ tenant }: Context, queue: string | null, page: Page): AsyncIterableIterator<Look> {
    const look = onlyNews(async (door) => {
      const tasks = await this.unitOfWork.read(contextFor(door), (read) =>
        this.queues.list(read, { queue, state: null, isMine: false, isBreached: false, first: page.limit, after: null }),
      );
      return { mark: JSON.stringify(tasks.map(markOf)), events: [toConnection(page, tasks, cursorOf, toTask)] };
    });
    const topic = eventTopic(tenant, 'task');
    return this.source.follow({ channel: EVENT_CHANNEL, concerns: (payload) => payload === topic }, look);
  }
}

const markOf = ({ id, state, claim }: ReviewTask): readonly unknown[] => [id, state, claim?.until ?? null];
