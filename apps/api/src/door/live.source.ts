import { Notifications } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { DoorContext } from './door.types.js';

/**
 * Reads what a subscriber is to be told, with the roles that they have now: each element is one event, none: nothing is new. The socket calls it, after it
 * has asked again who the caller is and whether they may.
 */
export type Look = (door: DoorContext) => Promise<readonly object[]>;

export interface Topic {
  readonly channel: string;
  /** Whether this notification concerns the subscriber. */
  readonly concerns: (payload: string) => boolean;
}

/** A notification may be lost with the process that was to send it: whoever waits looks by itself, too. */
const PULSE_MS = 30_000;

/** What drives subscriptions: a look at first, one after each notification of the topic, one after a lost connection, and one now and then. */
@Injectable()
export class LiveSource {
  constructor(private readonly notifications: Notifications) {}

  /** A client that leaves ends it at once: a generator alone would wait for the next notification before it heard of that. */
  follow(topic: Topic, look: Look): AsyncIterableIterator<Look> {
    const bell = new Bell();
    const looks = this.looks(topic, look, bell);
    const followed: AsyncIterableIterator<Look> = {
      next: () => looks.next(),
      return: () => {
        bell.close();
        return looks.return(undefined);
      },
      throw: (error: unknown) => {
        bell.close();
        return looks.throw(error);
      },
      [Symbol.asyncIterator]: () => followed,
    };
    return followed;
  }

  private async *looks({ channel, concerns }: Topic, look: Look, bell: Bell): AsyncGenerator<Look> {
    const ring = (): void => bell.ring();
    const pulse = setInterval(ring, PULSE_MS).unref();
    const leave = [
      this.notifications.subscribe(channel, (payload) => {
        if (concerns(payload)) ring();
      }),
      this.notifications.onReconnect(ring),
      () => clearInterval(pulse),
    ];
    try {
      await this.notifications.listens(channel);
      do yield look;
      while (await bell.rung());
    } finally {
      for (const each of leave) each();
    }
  }
}

/** Hands on only what differs from what was handed on before. */
export function onlyNews(look: (door: DoorContext) => Promise<{ readonly mark: string; readonly events: readonly object[] }>): Look {
  let last: string | null = null;
  return async (door) => {
    const { mark, events } = await look(door);
    if (mark === last) return [];
    last = mark;
    return events;
  };
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
