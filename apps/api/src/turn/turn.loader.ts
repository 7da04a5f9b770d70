import { EditingService, type RecordedVerdict, type Turn, type TurnContents, type TurnItem } from '@imprimatur/domain/editing';
import { type Attempt, AttemptService } from '@imprimatur/domain/providers';
import { ReviewService, type ReviewTask } from '@imprimatur/domain/review';
import type { Context, ItemId, TurnId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

/** `rows` by the key that each names; keys without a row get an empty list. */
function grouped<K extends string, V>(keys: readonly K[], rows: readonly V[], keyOf: (row: V) => K): ReadonlyMap<K, readonly V[]> {
  const groups = new Map<K, V[]>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(keyOf(row))?.push(row);
  return groups;
}

@Injectable()
export class TurnLoader extends RequestLoader<TurnId, Turn> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TurnId[]): Promise<ReadonlyMap<TurnId, Turn>> {
    const found = await this.unitOfWork.read(context, (read) => this.editing.findTurns(read, ids));
    return new Map(found.map((turn) => [turn.id, turn]));
  }
}

@Injectable()
export class ItemLoader extends RequestLoader<ItemId, TurnItem> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, TurnItem>> {
    const found = await this.unitOfWork.read(context, (read) => this.editing.findItems(read, ids));
    return new Map(found.map((item) => [item.id, item]));
  }
}

@Injectable()
export class ItemsOfTurnLoader extends RequestLoader<TurnId, readonly TurnItem[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TurnId[]): Promise<ReadonlyMap<TurnId, readonly TurnItem[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.editing.itemsOfTurns(read, ids));
    return grouped(ids, found, ({ turn }) => turn);
  }
}

/** Prompt, operations and questions, opened one turn at a time: each has a key of its own. */
@Injectable()
export class ContentsLoader extends RequestLoader<TurnId, TurnContents> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TurnId[]): Promise<ReadonlyMap<TurnId, TurnContents>> {
    return this.unitOfWork.read(context, async (read) => {
      const opened = new Map<TurnId, TurnContents>();
      for (const id of ids) {
        const contents = await this.editing.contents(read, id);
        if (contents) opened.set(id, contents);
      }
      return opened;
    });
  }
}

@Injectable()
export class VerdictsOfItemLoader extends RequestLoader<ItemId, readonly RecordedVerdict[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, readonly RecordedVerdict[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.editing.verdictsOf(read, ids));
    return grouped(ids, found, ({ item }) => item);
  }
}

@Injectable()
export class AttemptsOfItemLoader extends RequestLoader<ItemId, readonly Attempt[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly attempts: AttemptService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, readonly Attempt[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.attempts.ofItems(read, ids));
    return grouped(ids, found, ({ item }) => item);
  }
}

/** The newest review of each item. */
@Injectable()
export class TaskOfItemLoader extends RequestLoader<ItemId, ReviewTask> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reviews: ReviewService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ReviewTask>> {
    const found = await this.unitOfWork.read(context, (read) => this.reviews.ofItems(read, ids));
    return new Map(found.map((task) => [task.item, task]));
  }
}
