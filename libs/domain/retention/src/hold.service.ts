import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type HoldId, newId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { HoldRepository } from './hold.repository.js';
import { holdPlaced, holdReleasedEvent } from './retention.events.js';
import { RetentionGuard } from './retention.guard.repository.js';
import { holdExists, holdInvalid, type HoldRefusal } from './retention.refusals.js';
import { holdRefusal, isText, REASON_CHARS_MAX, releaseRefusal } from './retention.rules.js';
import type { HeldTargets, HoldPage, HoldTarget, LegalHold, NewHold } from './retention.types.js';

/** Legal holds. Whether the target exists is known to its own room: the flow that places a hold asks there. */
@Injectable()
export class HoldService {
  constructor(
    private readonly holds: HoldRepository,
    private readonly guard: RetentionGuard,
    private readonly ledger: Ledger,
  ) {}

  /** Once it is committed, nothing that it covers is destroyed; what was erased before is gone. */
  async place(write: WriteContext, wish: NewHold): Promise<Result<LegalHold, HoldRefusal>> {
    const denied = allow(write.context, 'create', 'LegalHold');
    return denied ? refuse(denied) : this.insert(write, wish, write.context.actor.subject);
  }

  /** The service's own, for a flow whose caller was allowed what demands it; `releaseFor` ends it, and nobody else. */
  async placeFor(write: WriteContext, wish: NewHold): Promise<Result<LegalHold, HoldRefusal>> {
    return this.insert(write, wish, null);
  }

  /** By another person than who placed it. */
  async release(write: WriteContext, id: HoldId, reason: string): Promise<Result<LegalHold, HoldRefusal>> {
    const denied = allow(write.context, 'withdraw', 'LegalHold');
    if (denied) return refuse(denied);
    if (!isText(reason, REASON_CHARS_MAX)) return refuse(holdInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`));
    await this.guard.take(write);
    const [hold] = await this.holds.findMany(write, [id]);
    if (!hold) return refuse(notFound('legal hold'));
    const by = write.context.actor.subject;
    const refused = releaseRefusal(hold, by);
    if (refused) return refuse(refused);
    const { id: entry } = await this.ledger.append(write, holdReleasedEvent(hold, reason.trim()));
    const released = { by, at: systemClock.now(), entry };
    await this.holds.release(write, id, released);
    return ok({ ...hold, released });
  }

  /** Ends what `placeFor` placed for this matter on any of `targets`; none: nothing. */
  async releaseFor(write: WriteContext, targets: readonly HoldTarget[], matter: string, reason: string): Promise<void> {
    await this.guard.take(write);
    for (const hold of (await this.holds.covering(write, targets)).filter((each) => each.matter === matter && each.placedBy === null)) {
      const { id: entry } = await this.ledger.append(write, holdReleasedEvent(hold, reason));
      await this.holds.release(write, hold.id, { by: write.context.actor.subject, at: systemClock.now(), entry });
    }
  }

  async find(read: ReadContext, id: HoldId): Promise<Result<LegalHold, HoldRefusal>> {
    const [hold] = await this.findMany(read, [id]);
    return hold ? ok(hold) : refuse(notFound('legal hold'));
  }

  async findMany(read: ReadContext, ids: readonly HoldId[]): Promise<readonly LegalHold[]> {
    return allow(read.context, 'read', 'LegalHold') ? [] : this.holds.findMany(read, ids);
  }

  /** Newest first; the key of a page is the hold's id. */
  async list(read: ReadContext, page: HoldPage): Promise<readonly LegalHold[]> {
    return allow(read.context, 'read', 'LegalHold') ? [] : this.holds.page(read, page);
  }

  /** Active holds on any of these, oldest first: for flows that are about to destroy them, under the guard. */
  async covering(read: ReadContext, targets: readonly HoldTarget[]): Promise<readonly LegalHold[]> {
    return this.holds.covering(read, targets);
  }

  /** The targets of every active hold: for retention, under the guard. */
  async targets(read: ReadContext): Promise<HeldTargets> {
    return this.holds.targets(read);
  }

  private async insert(write: WriteContext, wish: NewHold, placedBy: LegalHold['placedBy']): Promise<Result<LegalHold, HoldRefusal>> {
    const denied = holdRefusal(wish);
    if (denied) return refuse(denied);
    const matter = wish.matter.trim();
    await this.guard.take(write);
    const existing = await this.holds.activeOn(write, wish.target, matter);
    if (existing) return refuse(holdExists(existing.id));
    const id = newId('hold');
    const { id: entry } = await this.ledger.append(write, holdPlaced(id, { ...wish, matter, reason: wish.reason.trim() }));
    const hold: LegalHold = {
      id,
      target: wish.target,
      matter,
      entry,
      placedBy,
      placedAt: systemClock.now(),
      released: null,
    };
    await this.holds.insert(write, hold);
    return ok(hold);
  }
}
