import { EditingService } from '@imprimatur/domain/editing';
import { type ActivePolicy, PolicyService } from '@imprimatur/domain/policies';
import { type NewTask, notJudgeable, policyUnchanged, ReviewService, type ReviewTask } from '@imprimatur/domain/review';
import { readQuestion } from '@imprimatur/formats/policy';
import { allow } from '@imprimatur/domain/identity';
import { type Finding, ok, refuse, type Result, type TaskId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { judgeOf } from './review.policy.js';
import { authorOf, classesIn, following, placeIn, placeOfHold } from './review.task.js';

interface Judged {
  readonly findings: readonly Finding[];
  readonly place: Partial<NewTask>;
}

/** Asks the policy that judges the session now what another was asked when it held an edit. */
@Injectable()
export class RejudgeFlow {
  constructor(
    private readonly reviews: ReviewService,
    private readonly editing: EditingService,
    private readonly policies: PolicyService,
  ) {}

  /** Voids a task that waits under a former policy, and opens one that says what holds the same under the one that judges it now. */
  async rejudge(write: WriteContext, id: TaskId): Promise<Result<{ readonly task: TaskId }>> {
    const denied = allow(write.context, 'claim', 'ReviewTask');
    if (denied) return refuse(denied);
    const found = await this.reviews.find(write, id);
    if (!found.ok) return found;
    const task = found.value;
    const item = await this.editing.lockItem(write, task.item);
    if (!item.ok) return item;
    const policy = await judgeOf(this.policies, write, task.session);
    if (policy.ref.hash === task.bundleHash) return refuse(policyUnchanged());
    const judged = task.kind === 'publication' ? { findings: task.findings, place: {} } : await this.judged(write, task, policy);
    if (!judged) return refuse(notJudgeable('what the policy was asked has been erased'));
    const voided = await this.reviews.void(write, task.item, 'policy-changed');
    if (voided?.id !== id) return refuse(notJudgeable('it does not wait any more'));
    const { findings, place } = judged;
    const change = { ...(task.kind === 'hold' && place), findings, bundleHash: policy.ref.hash, policyAuthor: authorOf(policy, findings) };
    return ok({ task: (await this.reviews.open(write, following(voided, change))).id });
  }

  /** Null: nobody knows any more what was asked. What no rule said stays as it was: a moderator that did not answer still has not. */
  private async judged(read: ReadContext, task: ReviewTask, policy: ActivePolicy): Promise<Judged | null> {
    const wanted = task.version === null ? 'EditTurn' : 'AutoRelease';
    const asked = (await this.editing.verdictsOf(read, [task.item]))
      .map(({ evidence }) => readQuestion(evidence.asked).question)
      .findLast((question) => question?.question === wanted);
    if (!asked) return null;
    const decision = policy.decide(asked);
    const kept = task.findings.filter(({ rule }) => rule.startsWith('system.'));
    const found = decision.findings.map(({ gate: _gate, ...finding }): Finding => finding);
    const findings = [...kept.filter(({ rule }) => !found.some((finding) => finding.rule === rule)), ...found];
    const { useCase, channel, territory } = asked.facts;
    const classes = asked.question === 'Export' ? [] : classesIn(asked.facts);
    // somebody passed it on to others, and with it its urgency: the routes do not take that back
    if (task.deciders.length > 0) return { findings, place: { ...placeIn(policy, task.queue), priority: task.priority } };
    return { findings, place: placeOfHold(policy, findings, { useCase, channel, territory, classes }) };
  }
}
