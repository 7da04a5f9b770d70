import { allow, type Attributes, byHand, HandService } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  assert,
  type DecisionId,
  newId,
  notFound,
  ok,
  type Refusal,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  type TaskId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { reviewerOf } from '../review.actor.js';
import type { ReviewRefusal } from '../review.refusals.js';
import { ReviewRepository } from '../review.repository.js';
import { decisionRefused } from '../review.rules.js';
import type { NewDecision, ReviewDecision, ReviewTask } from '../review.types.js';
import { ConflictRepository } from './conflict.repository.js';
import { decisionUndone, decisionVoided, taskDecided, taskOverturned } from './decision.events.js';
import { DecisionRepository } from './decision.repository.js';
import { barRefusal, completes, slotFor, type Standing, termsRefusal, undoRefusal } from './decision.rules.js';
import { DecisionTerms } from './decision.terms.js';
import type { DecisionFate } from './decision.types.js';

export interface Decided {
  readonly task: ReviewTask;
  readonly decision: ReviewDecision;
  /** False: others must approve too before anything follows. */
  readonly isComplete: boolean;
}

/** Decisions of people: who may, how many it takes, and what becomes of them. What follows for the item is the caller's. */
@Injectable()
export class DecisionService {
  constructor(
    private readonly tasks: ReviewRepository,
    private readonly decisions: DecisionRepository,
    private readonly conflicts: ConflictRepository,
    private readonly terms: DecisionTerms,
    private readonly hands: HandService,
    private readonly ledger: Ledger,
  ) {}

  /** Decides a task that the reviewer holds, on exactly the content that the reviewer saw. */
  async decide(write: WriteContext, wish: NewDecision): Promise<Result<Decided, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'decide');
    if (!reviewer.ok) return reviewer;
    const held = await this.tasks.lock(write, wish.task);
    if (!held) return refuse(notFound('review task'));
    const standing = await this.standing(write, held.task, reviewer.value);
    const refused =
      decisionRefused(held, reviewer.value, wish) ??
      barRefusal(held.task, reviewer.value, standing) ??
      notOnOwn(write, 'decide', held.task, standing) ??
      termsRefusal(held.task, wish);
    if (refused) return refuse(refused);
    return ok(await this.record(write, held.task, wish, reviewer.value, standing));
  }

  /** Why the reviewer would be refused whatever they decide, or null. */
  async refusal(write: WriteContext, task: ReviewTask, reviewer: SubjectId): Promise<ReviewRefusal | null> {
    const standing = await this.standing(write, task, reviewer);
    return barRefusal(task, reviewer, standing) ?? notOnOwn(write, 'claim', task, standing);
  }

  /** Takes a decision back while what it decides has not followed. The caller holds the item. */
  async undo(write: WriteContext, id: DecisionId): Promise<Result<Decided, ReviewRefusal>> {
    const denied = allow(write.context, 'decide', 'ReviewTask');
    if (denied) return refuse(denied);
    const found = await this.locked(write, id);
    if (!found) return refuse(notFound('decision'));
    const { task, decision, fate } = found;
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const refused = undoRefusal(decision, fate, by, at);
    if (refused) return refuse(refused);
    const { id: entry } = await this.ledger.append(write, decisionUndone(task, decision));
    await this.decisions.insertUndo(write, id, { by: decision.reviewer, at, entry });
    return ok({ task, decision, isComplete: true });
  }

  /** The decision whose time has come; null: it was taken back, or has been dealt with. The caller holds the item, and tells what became of it. */
  async due(write: WriteContext, id: DecisionId): Promise<Decided | null> {
    const found = await this.locked(write, id);
    return found?.fate === 'pending' ? { ...found, isComplete: true } : null;
  }

  async recordFollowed(write: WriteContext, id: DecisionId): Promise<void> {
    await this.decisions.insertEffect(write, id, null, systemClock.now());
  }

  /** It comes to nothing, visibly. `why` is a code. */
  async recordVoided(write: WriteContext, { task, decision }: Decided, why: string): Promise<void> {
    await this.ledger.append(write, decisionVoided(task, decision, why));
    await this.decisions.insertEffect(write, decision.id, why, systemClock.now());
  }

  /** An appeal was granted: the rules that held it first are told so. */
  async recordOverturn(write: WriteContext, appeal: ReviewTask): Promise<void> {
    const id = await this.decisions.appealed(write, appeal);
    const first = id && (await this.tasks.find(write, id));
    assert(first, 'an appeal follows a first instance');
    const { id: entry } = await this.ledger.append(write, taskOverturned(first, appeal));
    await this.decisions.insertOverturn(write, appeal.id, first.id, { entry, at: systemClock.now() });
  }

  /** The task of a decision, for whoever may read it. */
  async taskOf(read: ReadContext, id: DecisionId): Promise<Result<TaskId, ReviewRefusal>> {
    const task = allow(read.context, 'read', 'ReviewTask') ? null : await this.decisions.taskOf(read, id);
    return task ? ok(task) : refuse(notFound('decision'));
  }

  private async record(
    write: WriteContext,
    before: ReviewTask,
    wish: NewDecision,
    reviewer: SubjectId,
    standing: Standing,
  ): Promise<Decided> {
    const now = systemClock.now();
    const isComplete = completes(before, wish.outcome, standing.earlier.length);
    const task: ReviewTask = { ...before, state: isComplete ? 'decided' : 'open', claim: null, endedAt: isComplete ? now : null };
    const slot = wish.outcome === 'approve' ? slotFor(before, standing) : null;
    const waits = isComplete && wish.outcome !== 'escalate' && wish.policy.undoSeconds > 0;
    const takesEffectAt = waits ? new Date(now.getTime() + wish.policy.undoSeconds * 1000) : null;
    const event = taskDecided(task, wish, { reviewer, slot, takesEffectAt });
    const owners = [...task.depicted, reviewer];
    const entry = await this.ledger.append(write, wish.hand ? byHand(event, wish.hand, owners) : event);
    const decision: ReviewDecision = {
      id: newId('decision'),
      task: task.id,
      reviewer,
      outcome: wish.outcome,
      reasonCode: wish.reasonCode,
      bundleHash: wish.policy.bundleHash,
      entry: entry.id,
      decidedAt: now,
      slot,
      takesEffectAt,
    };
    // the decision first: the database lets a task become 'decided' only when its decisions are there
    await this.tasks.insertDecision(write, decision, { leaseToken: wish.token, contentDigest: wish.contentDigest });
    await this.terms.record(write, task, decision, wish);
    await this.tasks.settle(write, task.id, isComplete ? 'decided' : 'open', task.endedAt);
    return { task, decision, isComplete };
  }

  private async locked(
    write: WriteContext,
    id: DecisionId,
  ): Promise<{ task: ReviewTask; decision: ReviewDecision; fate: DecisionFate } | null> {
    const taskId = await this.decisions.taskOf(write, id);
    const held = taskId && (await this.tasks.lock(write, taskId));
    if (!held) return null;
    const decision = (await this.tasks.decisions(write, [held.task.id])).find((each) => each.id === id);
    const fate = (await this.decisions.fates(write, [id])).get(id);
    return decision && fate ? { task: held.task, decision, fate } : null;
  }

  private async standing(read: ReadContext, task: ReviewTask, reviewer: SubjectId): Promise<Standing> {
    return {
      hasConflict: await this.conflicts.concerns(read, task, reviewer),
      roles: await this.hands.rolesThatRested(read),
      earlier: await this.tasks.decisions(read, [task.id]),
    };
  }
}

/** The abilities' own opinion of separation of duties, beside the rooms' rules and the database's guards: any one of them suffices. */
function notOnOwn({ context }: ReadContext, action: 'claim' | 'decide', task: ReviewTask, standing: Standing): Refusal<'FORBIDDEN'> | null {
  const { policyAuthor, involved, deciders } = task;
  const approved = standing.earlier.map(({ reviewer }) => reviewer);
  const conflicted = standing.hasConflict && context.actor.subject !== null ? [context.actor.subject] : [];
  const attributes: Attributes = {
    requestedBy: task.requester,
    lastEditedBy: task.lastEditor,
    depicts: task.depicted,
    bars: [...(policyAuthor === null ? [] : [policyAuthor]), ...involved, ...deciders, ...approved, ...conflicted],
  };
  return allow(context, action, 'ReviewTask', attributes);
}
