import { EditingService, TURN_CHANNEL, type Turn, type TurnItem } from '@imprimatur/domain/editing';
import type { ItemId, TurnId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { contextFor, type DoorContext, LiveSource, type Look, onlyNews } from '../door/index.js';
import { toItem, toTurn } from './turn.mapper.js';

interface Seen {
  readonly turn: Turn;
  readonly items: readonly TurnItem[];
}

/** Follows turns for subscribers: the state of now, and again after each move of an item, read anew under the caller's own eyes. */
@Injectable()
export class TurnWatch {
  constructor(
    private readonly source: LiveSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {}

  turn(id: TurnId | null): AsyncIterableIterator<Look> {
    const look = onlyNews(async (door) => {
      const { turn, items } = await this.seen(door, id);
      return { mark: JSON.stringify([turn.state, items.map(revisionOf)]), events: [toTurn(turn)] };
    });
    return this.follow(id, look);
  }

  /** Each item of the turn that moved since it was told of, and all of them at first. */
  items(id: TurnId | null): AsyncIterableIterator<Look> {
    const told = new Map<ItemId, number>();
    return this.follow(id, async (door) => {
      const { items } = await this.seen(door, id);
      const moved = items.filter((item) => told.get(item.id) !== item.revision);
      for (const item of moved) told.set(item.id, item.revision);
      return moved.map(toItem);
    });
  }

  private follow(id: TurnId | null, look: Look): AsyncIterableIterator<Look> {
    return this.source.follow({ channel: TURN_CHANNEL, concerns: (turn) => turn === id }, look);
  }

  private async seen(door: DoorContext, id: TurnId | null): Promise<Seen> {
    const seen =
      id &&
      (await this.unitOfWork.read(contextFor(door), async (read) => {
        const turn = await this.editing.findTurn(read, id);
        return turn.ok ? { turn: turn.value, items: await this.editing.itemsOfTurns(read, [id]) } : null;
      }));
    if (!seen) throw new GraphQLError('No such turn.', { extensions: { code: 'NOT_FOUND' } });
    return seen;
  }
}

const revisionOf = ({ id, revision }: TurnItem): readonly unknown[] => [id, revision];
