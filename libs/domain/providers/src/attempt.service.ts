import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type AttemptId, type Clock, type ItemId, newId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { attemptBegan, attemptEnded } from './attempt.events.js';
import type { AttemptRefusal } from './attempt.refusals.js';
import { AttemptRepository } from './attempt.repository.js';
import { checkEnding, requestDigest, TIMED_OUT } from './attempt.rules.js';
import type { Attempt, NewAttempt, NewEnding } from './attempt.types.js';

const ORPHANS_MAX = 100;

/**
 * Brackets each call to a provider: `begin` is committed, the call is made outside of any transaction, and `end` is committed together with what
 * came of it. What was begun and never ended is an orphan: nobody knows whether the provider did the work, and it is closed as a timeout.
 */
@Injectable()
export class AttemptService {
  private readonly clock: Clock = systemClock;

  constructor(
    private readonly attempts: AttemptRepository,
    private readonly ledger: Ledger,
  ) {}

  /** The next attempt of an item. For the work of a turn, which was authorised when it was submitted. */
  async begin(write: WriteContext, begun: NewAttempt): Promise<Attempt> {
    const requestSha256 = requestDigest(begun);
    const number = await this.attempts.nextNumber(write, begun.item);
    const { item, turn, asset, provider, requestedModel, terms } = begun;
    const beganAt = this.clock.now();
    const attempt: Attempt = {
      id: newId('attempt'),
      item,
      turn,
      asset,
      number,
      provider,
      requestedModel,
      terms,
      requestSha256,
      beganAt,
      ending: null,
    };
    await this.attempts.insert(write, attempt);
    await this.ledger.append(write, attemptBegan(attempt));
    return attempt;
  }

  /** Ends it. Again, also with another ending: the first one stands, is answered, and nothing is written. */
  async end(write: WriteContext, id: AttemptId, ending: NewEnding): Promise<Result<Attempt, AttemptRefusal>> {
    checkEnding(ending);
    const attempt = await this.attempts.lock(write, id);
    if (!attempt) return refuse(notFound('attempt'));
    if (attempt.ending) return ok(attempt);
    const ended = { ...ending, endedAt: this.clock.now() };
    await this.attempts.end(write, id, ended);
    await this.ledger.append(write, attemptEnded(attempt, ended));
    return ok({ ...attempt, ending: ended });
  }

  /** Closes what an item's attempts left open, as timeouts: nothing is tried again beside an attempt whose end nobody knows. */
  async closeOrphans(write: WriteContext, item: ItemId): Promise<readonly Attempt[]> {
    const closed: Attempt[] = [];
    for (const { id, ending } of await this.attempts.ofItems(write, [item])) {
      const ended = ending === null ? await this.end(write, id, TIMED_OUT) : null;
      if (ended?.ok) closed.push(ended.value);
    }
    return closed;
  }

  /** Attempts of this tenant that began before `olderThan` and have not ended; at most 100, oldest first. */
  async orphans(read: ReadContext, olderThan: Date): Promise<readonly Attempt[]> {
    return this.attempts.open(read, olderThan, ORPHANS_MAX);
  }

  /** Attempts of each of `items` by their numbers; none for an actor who may not read turns. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly Attempt[]> {
    return allow(read.context, 'read', 'Turn') ? [] : this.attempts.ofItems(read, items);
  }

  /** Items whose result a model made, by the name that it was asked for or answered under, after `after` in the order of ids; for flows that authorised. */
  async itemsMadeBy(read: ReadContext, model: string, after: ItemId | null, first: number): Promise<readonly ItemId[]> {
    return this.attempts.itemsMadeBy(read, model, after, first);
  }
}
