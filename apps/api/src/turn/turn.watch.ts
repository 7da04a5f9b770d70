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

  async *follow(context: Context, id: TurnId | null): AsyncGenerator<object> {
    const bell = new Bell();
    const leave = [
      this.notifications.subscribe(TURN_CHANNEL, (turn) => {
        if (turn === id) bell.ring();
      }),
      this.notifications.onReconnect(() => bell.ring()),
    ];
    try {
      for (;;) {
        const turn = id && (await this.unitOfWork.read(context, (read) => this.editing.findTurn(read, id)));
        if (!turn?.ok) throw new GraphQLError('No such turn.', { extensions: { code: 'NOT_FOUND' } });
        yield toTurn(turn.value);
        await bell.rung();
      }
    } finally {
      for (const each of leave) each();
    }
  }
}

/** Rings before somebody waits are not lost; many are one. */
class Bell {
  private wasRung = false;
  private waiter: (() => void) | null = null;

  ring(): void {
    this.wasRung = true;
    this.waiter?.();
  }

  async rung(): Promise<void> {
    if (!this.wasRung) await new Promise<void>((resolve) => (this.waiter = resolve));
    this.wasRung = false;
    this.waiter = null;
  }
}
