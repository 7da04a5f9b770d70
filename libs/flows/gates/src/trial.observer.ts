import { type ActivePolicy, type RealAnswer, type ShadowBundle, TrialService } from '@imprimatur/domain/policies';
import { answerOf, type Decision, type PolicyQuestion, type RuleException } from '@imprimatur/formats/policy';
import type { BundleId, Context, ExportId, ItemId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';

/** Hears of an answer that could not be had or kept. */
export type TrialReporter = (error: unknown, bundle: BundleId) => void;
/** Injection token: TrialReporter. */
export const TRIAL_REPORT = Symbol('who hears of trials that went wrong');

/** One question that was asked, and what was decided. */
export interface Observation {
  readonly policy: ActivePolicy;
  readonly shadow: ShadowBundle | null;
  readonly about: ItemId | ExportId;
  readonly asked: PolicyQuestion;
  readonly exceptions: readonly RuleException[];
  readonly decision: Decision;
}

/**
 * Asks the bundle on trial what was asked of the one that judged. Called when the real answer is committed, in a transaction of its own, and never throws:
 * whatever such a bundle does, or what is kept of it, the answer stands as it was given. A crash in between loses one comparison.
 */
@Injectable()
export class TrialObserver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly trials: TrialService,
    @Inject(TRIAL_REPORT) private readonly report: TrialReporter,
  ) {}

  async observe(context: Context, { policy, shadow, about, asked, exceptions, decision }: Observation): Promise<void> {
    if (shadow === null || policy.status !== 'ready') return; // a policy that holds everything is nothing to compare with
    const real: RealAnswer = { about, asked, exceptions, judge: policy.id, answer: answerOf(decision) };
    try {
      const answer = await this.trials.ask(shadow, real, () => this.unitOfWork.read(context, (read) => this.trials.files(read, shadow)));
      await this.unitOfWork.write(context, (write) => this.trials.record(write, shadow, real, answer));
    } catch (error) {
      this.report(error, shadow.id);
    }
  }
}
