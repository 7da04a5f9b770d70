import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  type CommentId,
  forbidden,
  newId,
  notFound,
  ok,
  type PinId,
  refuse,
  type Result,
  systemClock,
  type TaskId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ReviewRefusal } from '../review.refusals.js';
import { pinCommented, pinResolved as pinResolvedEvent } from './decision.events.js';
import { commentInvalid, pinResolved } from './decision.refusals.js';
import { isText } from './decision.rules.js';
import type { PinComment, ReviewPin } from './decision.types.js';
import { PinRepository } from './pin.repository.js';

/** Threads on the places where changes were asked for. */
@Injectable()
export class PinService {
  constructor(
    private readonly pins: PinRepository,
    private readonly ledger: Ledger,
  ) {}

  async comment(write: WriteContext, id: PinId, text: string): Promise<Result<ReviewPin, ReviewRefusal>> {
    const denied = allow(write.context, 'create', 'ReviewComment');
    if (denied) return refuse(denied);
    const author = write.context.actor.subject;
    if (author === null) return refuse(forbidden('comment as the service', 'A person must sign in.'));
    if (!isText(text)) return refuse(commentInvalid());
    const pin = await this.pins.lock(write, id);
    if (!pin) return refuse(notFound('pin'));
    if (pin.resolved) return refuse(pinResolved());
    const { id: entry } = await this.ledger.append(write, pinCommented(pin, { author }, text));
    await this.pins.insertComment(write, { id: newId('comment'), pin: id, author, entry, at: systemClock.now() });
    return ok(pin);
  }

  /** Resolved already: nothing happens. */
  async resolve(write: WriteContext, id: PinId): Promise<Result<ReviewPin, ReviewRefusal>> {
    const denied = allow(write.context, 'edit', 'ReviewComment');
    if (denied) return refuse(denied);
    const by = write.context.actor.subject;
    if (by === null) return refuse(forbidden('resolve pins as the service', 'A person must sign in.'));
    const pin = await this.pins.lock(write, id);
    if (!pin) return refuse(notFound('pin'));
    if (pin.resolved) return ok(pin);
    const at = systemClock.now();
    const { id: entry } = await this.ledger.append(write, pinResolvedEvent(pin));
    await this.pins.resolve(write, id, { by, at, entry });
    return ok({ ...pin, resolved: { by, at } });
  }

  async findMany(read: ReadContext, ids: readonly PinId[]): Promise<readonly ReviewPin[]> {
    return allow(read.context, 'read', 'ReviewComment') ? [] : this.pins.findMany(read, ids);
  }

  async ofTasks(read: ReadContext, tasks: readonly TaskId[]): Promise<readonly ReviewPin[]> {
    return allow(read.context, 'read', 'ReviewComment') ? [] : this.pins.ofTasks(read, tasks);
  }

  /** Oldest first; the key of a page is the comment's id. */
  async comments(
    read: ReadContext,
    pin: PinId,
    page: { readonly first: number; readonly after: CommentId | null },
  ): Promise<readonly PinComment[]> {
    return allow(read.context, 'read', 'ReviewComment') ? [] : this.pins.comments(read, pin, page);
  }
}
