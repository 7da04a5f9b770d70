import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  type AssetId,
  type ItemId,
  type MaskId,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  type SessionId,
  systemClock,
  type TurnId,
  type Verdict,
  type VerdictId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { sessionClosed, sessionOpened } from './editing.events.js';
import { type EditingRefusal, noOpenQuestion, turnEnded } from './editing.refusals.js';
import { answerRefusal, sessionRefusal } from './editing.rules.js';
import type {
  AskedBefore,
  PastQuestions,
  Mask,
  MoveOptions,
  NewMask,
  NewSession,
  NewTurn,
  Pace,
  PaceOf,
  RecordedVerdict,
  Session,
  Slice,
  Turn,
  TurnContents,
  TurnItem,
  TurnPreview,
} from './editing.types.js';
import { ItemMover } from './item.mover.js';
import { MaskRepository } from './mask.repository.js';
import { PaceRepository } from './pace.repository.js';
import { SessionRepository } from './session.repository.js';
import { findMove, ITEM_STATES, type ItemState, rightsEnd, turnState } from './turn.lifecycle.js';
import { TurnRepository } from './turn.repository.js';
import { TurnSeal } from './turn.seal.js';
import { TurnSubmitter } from './turn.submitter.js';
import { VerdictRepository } from './verdict.repository.js';

const ENDABLE = ITEM_STATES.filter((state) => rightsEnd(state) !== null);

/** Sessions, their turns, and the life of each item. */
@Injectable()
export class EditingService {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly masks: MaskRepository,
    private readonly turns: TurnRepository,
    private readonly verdicts: VerdictRepository,
    private readonly paces: PaceRepository,
    private readonly turnSeal: TurnSeal,
    private readonly submitter: TurnSubmitter,
    private readonly mover: ItemMover,
    private readonly ledger: Ledger,
  ) {}

  async openSession(write: WriteContext, wish: NewSession): Promise<Result<Session, EditingRefusal>> {
    const denied = allow(write.context, 'create', 'Session') ?? sessionRefusal(wish);
    if (denied) return refuse(denied);
    const session: Session = {
      id: newId('session'),
      name: wish.name.trim(),
      useCase: wish.useCase,
      channel: wish.channel,
      territory: wish.territory,
      state: 'open',
      assets: [...wish.assets],
      openedBy: write.context.actor.subject,
      createdAt: systemClock.now(),
    };
    if (!(await this.sessions.insert(write, session))) return refuse(notFound('picture'));
    await this.ledger.append(write, sessionOpened(session));
    return ok(session);
  }

  /** No turn is submitted to it any more; those under way go on. Closed already: nothing happens. */
  async closeSession(write: WriteContext, id: SessionId): Promise<Result<Session, EditingRefusal>> {
    const denied = allow(write.context, 'edit', 'Session');
    if (denied) return refuse(denied);
    const session = await this.sessions.lock(write, id);
    if (!session) return refuse(notFound('session'));
    if (session.state === 'closed') return ok(session);
    await this.sessions.close(write, id);
    await this.ledger.append(write, sessionClosed(session));
    return ok({ ...session, state: 'closed' });
  }

  /** A mask for later, or a correction of one. The bytes of a picture mask were decoded and stored by the caller. */
  async drawMask(write: WriteContext, wish: NewMask): Promise<Result<Mask, EditingRefusal>> {
    const denied = allow(write.context, 'submit', 'Turn');
    return denied ? refuse(denied) : this.submitter.drawMask(write, wish);
  }

  /** One item and one job per target, in the same transaction as `turn.submitted`. */
  async submitTurn(
    write: WriteContext,
    wish: NewTurn,
  ): Promise<Result<{ readonly turn: Turn; readonly items: readonly TurnItem[] }, EditingRefusal>> {
    const denied = allow(write.context, 'submit', 'Turn');
    return denied ? refuse(denied) : this.submitter.submit(write, wish);
  }

  /** What submitting this now would be refused for, else what it would rest on. Nothing is written. */
  async previewTurn(read: ReadContext, wish: NewTurn): Promise<Result<TurnPreview, EditingRefusal>> {
    const denied = allow(read.context, 'submit', 'Turn');
    return denied ? refuse(denied) : this.submitter.preview(read, wish);
  }

  /** The item's one open question; the worker goes on from `submitted`, so that the gates see the answer too. */
  async answerClarification(write: WriteContext, id: ItemId, answer: string): Promise<Result<TurnItem, EditingRefusal>> {
    const denied = allow(write.context, 'submit', 'Turn') ?? answerRefusal(answer);
    if (denied) return refuse(denied);
    const item = await this.mover.lock(write, id);
    if (!item) return refuse(notFound('turn item'));
    if (item.state !== 'clarifying') return refuse(noOpenQuestion());
    return this.mover.move(write, id, 'submitted', { expectedFrom: item }, { answer: answer.trim() });
  }

  /** Every item that can still be given up; what was released, refused or rejected stays as it is. */
  async cancelTurn(write: WriteContext, id: TurnId): Promise<Result<Turn, EditingRefusal>> {
    const denied = allow(write.context, 'submit', 'Turn');
    if (denied) return refuse(denied);
    const [turn] = await this.turns.findMany(write, [id]);
    if (!turn) return refuse(notFound('turn'));
    let cancelled = 0;
    for (const { id: itemId } of [...(await this.turns.itemsOfTurns(write, [id]))].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const item = await this.mover.lock(write, itemId);
      if (!item || !findMove(item.state, 'cancelled')) continue;
      const failure = { code: 'CANCELLED_BY_REQUESTER', retryable: false };
      const moved = await this.mover.move(write, itemId, 'cancelled', { expectedFrom: item, failure });
      if (!moved.ok) return moved;
      cancelled += 1;
    }
    if (cancelled === 0) return refuse(turnEnded());
    const items = await this.turns.itemsOfTurns(write, [id]);
    return ok({ ...turn, state: turnState(items.map((item) => item.state)) });
  }

  /**
   * The only way to change an item's state: compares state and revision, moves, stores verdict, question, result and operations, writes
   * the ledger event, wakes who follows the turn, and enqueues the item's job where the move resumes it. Somebody was faster:
   * STATE_CHANGED. A move that the table of moves does not have is a bug and throws.
   */
  async move(write: WriteContext, id: ItemId, to: ItemState, options: MoveOptions): Promise<Result<TurnItem, EditingRefusal>> {
    return this.mover.move(write, id, to, options);
  }

  /** What a reviewer's decision moves: asked of the reviewer, or carried out by the service when the decision's time has come. */
  async moveForReview(write: WriteContext, id: ItemId, to: ItemState, options: MoveOptions): Promise<Result<TurnItem, EditingRefusal>> {
    return this.mover.move(write, id, to, options, write.context.actor.kind === 'system' ? { authorised: 'reviewer' } : {});
  }

  /** Holds the item until the transaction ends. Call it first where a transaction also writes about the item's asset: else two may deadlock. */
  async lockItem(write: WriteContext, id: ItemId): Promise<Result<TurnItem, EditingRefusal>> {
    const item = await this.mover.lock(write, id);
    return item ? ok(item) : refuse(notFound('turn item'));
  }

  /** Holds every item on these pictures that a withdrawal may still end, in one order for everybody; the caller authorised. */
  async lockItemsOfAssets(write: WriteContext, assets: readonly AssetId[]): Promise<readonly TurnItem[]> {
    return this.turns.lockItemsOfAssets(write, assets, ENDABLE);
  }

  /**
   * Ends an item that the caller holds, because the right to its picture has ended, which the caller authorised: what was released is blocked, what is under way cancelled.
   * Null: it has ended already, perhaps with the rest of its turn.
   */
  async endForRights(write: WriteContext, id: ItemId, code: string): Promise<Result<TurnItem, EditingRefusal> | null> {
    const item = await this.mover.lock(write, id);
    const to = item && rightsEnd(item.state);
    if (!item || !to) return null;
    const failure = to === 'cancelled' ? { failure: { code, retryable: false } } : {};
    return this.mover.move(write, id, to, { expectedFrom: item, facts: { why: code }, ...failure }, { authorised: 'rights' });
  }

  /** The answers of one or more gates, in their order, that move nothing by themselves. Answers their ids. */
  async recordVerdicts(
    write: WriteContext,
    id: ItemId,
    verdicts: readonly Verdict[],
  ): Promise<Result<readonly VerdictId[], EditingRefusal>> {
    return this.mover.recordVerdicts(write, id, verdicts);
  }

  async findSession(read: ReadContext, id: SessionId): Promise<Result<Session, EditingRefusal>> {
    const [session] = await this.findSessions(read, [id]);
    return session ? ok(session) : refuse(notFound('session'));
  }

  async findSessions(read: ReadContext, ids: readonly SessionId[]): Promise<readonly Session[]> {
    return allow(read.context, 'read', 'Session') ? [] : this.sessions.findMany(read, ids);
  }

  /** Newest first; the key of a page is the session's id. */
  async listSessions(read: ReadContext, slice: Slice): Promise<readonly Session[]> {
    return allow(read.context, 'read', 'Session') ? [] : this.sessions.page(read, slice);
  }

  async findTurn(read: ReadContext, id: TurnId): Promise<Result<Turn, EditingRefusal>> {
    const [turn] = await this.findTurns(read, [id]);
    return turn ? ok(turn) : refuse(notFound('turn'));
  }

  async findTurns(read: ReadContext, ids: readonly TurnId[]): Promise<readonly Turn[]> {
    return allow(read.context, 'read', 'Turn') ? [] : this.turns.findMany(read, ids);
  }

  /** Newest first; the key of a page is the turn's id. */
  async listTurns(read: ReadContext, session: SessionId, slice: Slice): Promise<readonly Turn[]> {
    return allow(read.context, 'read', 'Turn') ? [] : this.turns.pageOfSession(read, session, slice);
  }

  async findItem(read: ReadContext, id: ItemId): Promise<Result<TurnItem, EditingRefusal>> {
    const [item] = await this.findItems(read, [id]);
    return item ? ok(item) : refuse(notFound('turn item'));
  }

  async findItems(read: ReadContext, ids: readonly ItemId[]): Promise<readonly TurnItem[]> {
    return allow(read.context, 'read', 'Turn') ? [] : this.turns.findItems(read, ids);
  }

  /** In the order of the targets, turn by turn. */
  async itemsOfTurns(read: ReadContext, turns: readonly TurnId[]): Promise<readonly TurnItem[]> {
    return allow(read.context, 'read', 'Turn') ? [] : this.turns.itemsOfTurns(read, turns);
  }

  /** Those that have been in one of `states` since before `movedBefore`, longest first: for expiry and recovery. */
  async itemsWaiting(read: ReadContext, states: readonly ItemState[], movedBefore: Date, first: number): Promise<readonly TurnItem[]> {
    return allow(read.context, 'read', 'Turn') ? [] : this.turns.itemsWaiting(read, states, movedBefore, first);
  }

  /** In the order in which the gates answered, item by item. */
  async verdictsOf(read: ReadContext, items: readonly ItemId[]): Promise<readonly RecordedVerdict[]> {
    return allow(read.context, 'read', 'Turn') ? [] : this.verdicts.ofItems(read, items);
  }

  /** What the policy was asked in a time, oldest first, for flows that authorised already. */
  async pastQuestions(read: ReadContext, wanted: PastQuestions): Promise<readonly AskedBefore[]> {
    return this.verdicts.pastQuestions(read, wanted);
  }

  async countPastQuestions(read: ReadContext, time: Pick<PastQuestions, 'since' | 'until'>): Promise<number> {
    return this.verdicts.countPastQuestions(read, time);
  }

  async findMasks(read: ReadContext, ids: readonly MaskId[]): Promise<readonly Mask[]> {
    return allow(read.context, 'read', 'Picture') ? [] : this.masks.findMany(read, ids);
  }

  /** Every version of a mask, oldest first. */
  async maskSeries(read: ReadContext, series: MaskId): Promise<readonly Mask[]> {
    return allow(read.context, 'read', 'Picture') ? [] : this.masks.series(read, series);
  }

  /** Prompt, operations, questions and answers, opened: content like a picture. Null: erased, not there, or not yours to read. */
  async contents(read: ReadContext, turn: TurnId): Promise<TurnContents | null> {
    return allow(read.context, 'read', 'Turn') || allow(read.context, 'read', 'Picture') ? null : this.turnSeal.openContents(read, turn);
  }

  /** How much was edited before a turn, by its person, in its tenant and on its picture. The caller authorised. */
  async pace(read: ReadContext, of: PaceOf): Promise<Pace> {
    return this.paces.count(read, of);
  }

  /** Items that were made within a mask, after `after` in the order of ids; for flows that authorised. */
  async itemsWithMask(read: ReadContext, mask: MaskId, after: ItemId | null, first: number): Promise<readonly ItemId[]> {
    return this.turns.itemsWithMask(read, mask, after, first);
  }

  /** The same for those whose verdicts name a rule. */
  async itemsUnderRule(read: ReadContext, rule: string, after: ItemId | null, first: number): Promise<readonly ItemId[]> {
    return this.verdicts.itemsUnderRule(read, rule, after, first);
  }
}
