import { Ledger } from '@imprimatur/domain/ledger';
import {
  assert,
  forbidden,
  type ItemId,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  systemClock,
  type Verdict,
  type VerdictId,
} from '@imprimatur/kernel';
import { notify, type WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { ClarificationRepository } from './clarification.repository.js';
import { itemMoved, verdictRecorded } from './editing.events.js';
import { type EditingRefusal, stateChanged } from './editing.refusals.js';
import { causesOf } from './editing.rules.js';
import type { MoveOptions, Turn, TurnItem } from './editing.types.js';
import { type Cause, findMove, type ItemState, type Move, sinksOthers } from './turn.lifecycle.js';
import { type ItemChange, TurnRepository } from './turn.repository.js';
import { answerOf, operationsOf, questionOf, TurnSeal } from './turn.seal.js';
import { VerdictRepository } from './verdict.repository.js';

/** Channel on which every process hears, after the commit, the id of a turn that changed. */
export const TURN_CHANNEL = 'imprimatur_turn';

/** The kind of job that carries an item on; payload: `turn`, `item`, `revision`. */
export const ITEM_JOB = 'turn-item';

type Grounds = Omit<MoveOptions, 'expectedFrom'>;

/** The one place that changes the state of an item. */
@Injectable()
export class ItemMover {
  constructor(
    private readonly turns: TurnRepository,
    private readonly verdicts: VerdictRepository,
    private readonly clarifications: ClarificationRepository,
    private readonly turnSeal: TurnSeal,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
  ) {}

  /** Holds the item until the transaction ends; null: no such item. */
  async lock(write: WriteContext, id: ItemId): Promise<TurnItem | null> {
    return (await this.turns.lockItems(write, id)).find((item) => item.id === id) ?? null;
  }

  /** `answer` is set by a move that answers the item's question; `authorised` by whose caller has asked already whether the actor may. */
  async move(
    write: WriteContext,
    id: ItemId,
    to: ItemState,
    options: MoveOptions,
    { answer = null, authorised = null }: { readonly answer?: string | null; readonly authorised?: Cause | null } = {},
  ): Promise<Result<TurnItem, EditingRefusal>> {
    const { expectedFrom, ...grounds } = options;
    // 1. whoever comes second waits here, and then sees what the first one did
    const locked = await this.turns.lockItems(write, id);
    const item = locked.find((found) => found.id === id);
    if (!item) return refuse(notFound('turn item'));
    if (item.state !== expectedFrom.state || item.revision !== expectedFrom.revision) return refuse(stateChanged(item.state));
    const move = findMove(item.state, to);
    assert(move, `an item may move from ${item.state} to ${to}`);
    assertGrounds(to, grounds);
    const turn = await this.turnOf(write, item);
    const causes = authorised === null ? causesOf(write.context, turn.submittedBy) : [authorised];
    if (!causes.some((cause) => move.by.includes(cause))) {
      assert(write.context.actor.kind !== 'system', `the service may move an item from ${item.state} to ${to} by itself`);
      return refuse(
        forbidden(
          `move an item from ${item.state} to ${to}`,
          `It is for the ${move.by.join(' or ')}, and nobody decides on their own turn.`,
        ),
      );
    }
    // 2. state, event and job in the same transaction
    const moved = await this.perform(write, turn, item, move, grounds, answer);
    // 3. the others of an all-or-nothing turn
    if (turn.allOrNothing && sinksOthers(to)) await this.sink(write, turn, locked, item);
    return ok(moved);
  }

  /** Answers their ids, in their order. */
  async recordVerdicts(
    write: WriteContext,
    id: ItemId,
    verdicts: readonly Verdict[],
  ): Promise<Result<readonly VerdictId[], EditingRefusal>> {
    const item = await this.lock(write, id);
    if (!item) return refuse(notFound('turn item'));
    const recorded = await this.insertVerdicts(write, id, verdicts);
    const events = recorded.map((verdict) => verdictRecorded(item, verdict.id, verdict, item.state));
    await this.ledger.appendAll(write, events);
    await notify(write, TURN_CHANNEL, item.turn);
    return ok(recorded.map((verdict) => verdict.id));
  }

  /** Puts the worker to work on the item as it is now. One job per revision: a job that is just ending cannot swallow the next one. */
  async enqueue(write: WriteContext, item: TurnItem): Promise<void> {
    await this.jobs.enqueue(write, {
      kind: ITEM_JOB,
      key: `${item.id}/${item.revision}`,
      payload: { turn: item.turn, item: item.id, revision: item.revision },
    });
  }

  private async perform(
    write: WriteContext,
    turn: Turn,
    before: TurnItem,
    move: Move,
    grounds: Grounds,
    answer: string | null,
  ): Promise<TurnItem> {
    const item = after(before, move, grounds);
    await this.turns.moveItem(write, item, await this.changeOf(write, item, grounds));
    if (grounds.question !== undefined) await this.ask(write, item, grounds.question);
    if (answer !== null) await this.answer(write, item, answer);
    const [verdict] = grounds.verdict ? await this.insertVerdicts(write, item.id, [grounds.verdict]) : [];
    await this.ledger.append(
      write,
      itemMoved({ move, item, options: grounds, verdict: verdict?.id ?? null, answer, submittedBy: turn.submittedBy }),
    );
    if (move.resumes) await this.enqueue(write, item);
    await notify(write, TURN_CHANNEL, item.turn);
    return item;
  }

  private async sink(write: WriteContext, turn: Turn, items: readonly TurnItem[], sunkBy: TurnItem): Promise<void> {
    for (const item of items) {
      const move = item.id === sunkBy.id ? null : findMove(item.state, 'cancelled');
      if (!move) continue;
      const failure = { code: 'ALL_OR_NOTHING', retryable: false };
      await this.perform(write, turn, item, move, { failure, facts: { sunkBy: sunkBy.id } }, null);
    }
  }

  private async changeOf(write: WriteContext, item: TurnItem, grounds: Grounds): Promise<ItemChange> {
    return {
      provider: item.provider,
      resultVersion: item.resultVersion,
      failure: item.failure?.code ?? null,
      retryable: item.failure?.retryable ?? null,
      ...(grounds.operations && { operations: await this.turnSeal.sealMore(write, item.turn, operationsOf(item.id), grounds.operations) }),
    };
  }

  private async ask(write: WriteContext, item: TurnItem, question: string): Promise<void> {
    const id = newId('request');
    const sealed = await this.turnSeal.sealMore(write, item.turn, questionOf(id), question);
    await this.clarifications.insert(write, { id, item: item.id, question: sealed, answer: null, askedAt: item.movedAt });
  }

  private async answer(write: WriteContext, item: TurnItem, answer: string): Promise<void> {
    const open = await this.clarifications.findOpen(write, item.id);
    assert(open, 'an item that is clarifying has an open question');
    const sealed = await this.turnSeal.sealMore(write, item.turn, answerOf(open.id), answer);
    await this.clarifications.answer(write, open.id, sealed, write.context.actor.subject, item.movedAt);
  }

  private async insertVerdicts(
    write: WriteContext,
    item: ItemId,
    verdicts: readonly Verdict[],
  ): Promise<readonly (Verdict & { readonly id: VerdictId })[]> {
    const identified = verdicts.map((verdict) => ({ ...verdict, id: newId('verdict') }));
    await this.verdicts.insert(write, item, identified, systemClock.now());
    return identified;
  }

  private async turnOf(write: WriteContext, item: TurnItem): Promise<Turn> {
    const [turn] = await this.turns.findMany(write, [item.turn]);
    assert(turn, 'the turn of an item exists');
    return turn;
  }
}

/** A state that means something without what it means is a bug of the mover. */
function assertGrounds(to: ItemState, grounds: Grounds): void {
  assert(to !== 'rendered' || grounds.result !== undefined, 'a rendered item has a result');
  assert((to === 'clarifying') === (grounds.question !== undefined), 'a question is asked by clarifying, and only then');
  assert(to !== 'failed' || grounds.failure !== undefined, 'a failed item says why');
}

function after(before: TurnItem, move: Move, grounds: Grounds): TurnItem {
  return {
    ...before,
    state: move.to,
    revision: before.revision + 1,
    provider: grounds.provider ?? before.provider,
    resultVersion: grounds.result ?? before.resultVersion,
    failure: grounds.failure ?? null,
    movedAt: systemClock.now(),
  };
}
