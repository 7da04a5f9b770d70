import { EditingService, TURN_CHANNEL } from '@imprimatur/domain/editing';
import type { Context, TurnId } from '@imprimatur/kernel';
import { Notifications, UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { toTurn } from './turn.mapper.js';

/** Follows turns for subscribers: the state of now, and again after each notice, read anew under the caller's own eyes. */
@Injectable()
export class TurnWatch {
  constructor(
    private readonly notifications: Notifications,
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
  ) {}

  /** A client that leaves ends it at once: a generator alone would wait for the next notice before it heard of that. */
  follow(context: Context, id: TurnId | null): AsyncIterableIterator<object> {
    const bell = new Bell();
    const states = this.states(context, id, bell);
    const followed: AsyncIterableIterator<object> = {
      next: () => states.next(),
      return: () => {
        bell.close();
        return states.return(undefined);
      },
      throw: (error: unknown) => {
        bell.close();
        return states.throw(error);
      },
      [Symbol.asyncIterator]: () => followed,
    };
    return followed;
  }

  private async *states(context: Context, id: TurnId | null, bell: Bell): AsyncGenerator<object> {
    const leave = [
      this.notifications.subscribe(TURN_CHANNEL, (turn) => {
        if (turn === id) bell.ring();
      }),
      this.notifications.onReconnect(() => bell.ring()),
    ];
    try {
      do {
        const turn = id && (await this.unitOfWork.read(context, (read) => this.editing.findTurn(read, id)));
        if (!turn?.ok) throw new GraphQLError('No such turn.', { extensions: { code: 'NOT_FOUND' } });
        yield toTurn(turn.value);
      } while (await bell.rung());
    } finally {
      for (const each of leave) each();
    }
  }
}

/** Rings before somebody waits are not lost; many are one. Closed, it lets go of who waits. */
class Bell {
  private wasRung = false;
  private isClosed = false;
  private waiter: (() => void) | null = null;

  ring(): void {
    this.wasRung = true;
    this.waiter?.();
  }

  close(): void {
    this.isClosed = true;
    this.waiter?.();
  }

  /** False: closed. */
  async rung(): Promise<boolean> {
    if (!this.wasRung && !this.isClosed) await new Promise<void>((resolve) => (this.waiter = resolve));
    this.wasRung = false;
    this.waiter = null;
    return !this.isClosed;
  }
}
