import { allow } from '@imprimatur/domain/identity';
import type { AssetId, DecisionId, ItemId, SessionId, TaskId, VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { ReviewRepository } from '../review.repository.js';
import type { ReviewDecision, ReviewTask } from '../review.types.js';
import { ConditionRepository } from './condition.repository.js';
import { DecisionRepository } from './decision.repository.js';
import type { DecisionFate, Descendant, ReviewCondition, RuleFeedback } from './decision.types.js';

const RULES_MAX = 200;

/** What decisions have come to. Everything is empty for an actor who may not read reviews. */
@Injectable()
export class DecisionReader {
  constructor(
    private readonly tasks: ReviewRepository,
    private readonly decisions: DecisionRepository,
    private readonly conditions: ConditionRepository,
  ) {}

  /** The decisions by which these versions are approved: of tasks with all their approvals, none of which was taken back or waits. */
  async approvals(read: ReadContext, versions: readonly VersionId[]): Promise<readonly ReviewDecision[]> {
    if (allow(read.context, 'read', 'ReviewTask')) return [];
    return this.tasks.decisions(read, await this.decisions.approvedTasks(read, versions));
  }

  async fates(read: ReadContext, decisions: readonly DecisionId[]): Promise<ReadonlyMap<DecisionId, DecisionFate>> {
    return allow(read.context, 'read', 'ReviewTask') ? new Map<DecisionId, DecisionFate>() : this.decisions.fates(read, decisions);
  }

  async conditionsOf(read: ReadContext, decisions: readonly DecisionId[]): Promise<readonly ReviewCondition[]> {
    return allow(read.context, 'read', 'ReviewTask') ? [] : this.conditions.ofDecisions(read, decisions);
  }

  /** What binds an export of a picture with this lineage; asked by gates, which authorised. */
  async exportConditions(read: ReadContext, lineage: readonly Descendant[]): Promise<readonly ReviewCondition[]> {
    const versions = lineage.map(({ id }) => id);
    const items = lineage.flatMap(({ item }) => (item === null ? [] : [item]));
    return (await this.conditions.ofVersions(read, versions, items)).filter(({ kind }) => kind !== 'operations');
  }

  /** What binds the next turns of a session, on one picture or on any; asked by gates, which authorised. */
  async turnConditions(read: ReadContext, session: SessionId, asset: AssetId | null): Promise<readonly ReviewCondition[]> {
    return this.conditions.ofSession(read, session, asset);
  }

  /** The task by which the item was decided last; null: none was. */
  async lastDecided(read: ReadContext, item: ItemId): Promise<ReviewTask | null> {
    const id = allow(read.context, 'read', 'ReviewTask') ? null : await this.decisions.lastDecided(read, item);
    return id && this.tasks.find(read, id);
  }

  async hasWaiting(read: ReadContext, item: ItemId): Promise<boolean> {
    return this.decisions.hasWaiting(read, item);
  }

  /** The decision that ended the task, with what became of it; null: none has. */
  async ending(read: ReadContext, task: TaskId): Promise<{ readonly decision: ReviewDecision; readonly fate: DecisionFate } | null> {
    const decision = (await this.tasks.decisions(read, [task])).at(-1);
    const fate = decision && (await this.decisions.fates(read, [decision.id])).get(decision.id);
    return decision && fate ? { decision, fate } : null;
  }

  async ruleFeedback(read: ReadContext, since: Date): Promise<readonly RuleFeedback[]> {
    return allow(read.context, 'read', 'ReviewTask') ? [] : this.decisions.feedback(read, since, RULES_MAX);
  }
}
