import { type Context, newId, ok, refuse, type Refusal, type Result } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { eventOf } from './event.search.js';
import { EventStreamRepository } from './event.stream.repository.js';
import type { StreamedEvent, StreamEnding, StreamPage, StreamWish } from './event.types.js';
import { exportBegan, exportEnded } from '../access/ledger.events.js';
import { Ledger } from '../writing/ledger.js';

/** A stream that has begun. */
export interface EventStreaming {
  readonly origin: string;
  /** Leaves of the log when it began: it ends there, however much is written meanwhile. */
  readonly size: number;
  readonly pages: AsyncIterable<StreamPage>;
  /** How it ended; to be called once, whatever happened. */
  end(ending: StreamEnding): Promise<void>;
}

/** Leaves that one read transaction looks at. */
const PAGE = 500;

/**
 * A tenant's log from front to back, in the order of its leaves: an entry that is integrated later stands later, so nothing can be missed
 * by going on from where one stopped. Whoever calls has asked whether the actor may export the ledger.
 */
@Injectable()
export class EventStream {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: EventStreamRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Order: (1) `ledger.export-began` is committed; (2) pages are read, each in a transaction of its own; (3) `end` commits `ledger.export-ended`. */
  async begin(context: Context, wish: StreamWish): Promise<Result<EventStreaming, Refusal<'POSITION_BEYOND_LOG'>>> {
    const { size, origin } = await this.unitOfWork.read(context, (read) => this.repository.head(read));
    if (wish.after > size) return refuse(positionBeyondLog(size));
    const stream = newId('request');
    await this.unitOfWork.write(context, (write) => this.ledger.append(write, exportBegan(context.tenant, stream, wish, size)));
    return ok({
      origin,
      size,
      pages: this.pages(context, wish, size),
      end: async (ending) => {
        await this.unitOfWork.write(context, (write) => this.ledger.append(write, exportEnded(context.tenant, stream, ending)));
      },
    });
  }

  private async *pages(context: Context, { filter, after }: StreamWish, size: number): AsyncGenerator<StreamPage> {
    for (let at = after; at < size;) {
      const till = Math.min(size, at + PAGE);
      const rows = await this.unitOfWork.read(context, (read) => this.repository.leaves(read, filter, at, till));
      const events = rows.map(({ index, leafHash, ...row }): StreamedEvent => ({ ...eventOf({ ...row, index }), index, leafHash }));
      at = till;
      yield { events, position: at };
    }
  }
}

function positionBeyondLog(size: number): Refusal<'POSITION_BEYOND_LOG'> {
  return {
    code: 'POSITION_BEYOND_LOG',
    message: `The log has ${size} entries and ends before that position.`,
    remedy: 'A log never gets shorter: if the position came from this log, keep it, and compare an old checkpoint with its newest.',
  };
}
