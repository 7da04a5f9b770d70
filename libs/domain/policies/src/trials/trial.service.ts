import { allow, byHand, type HandRefusal, HandService, type MaybeAssertion } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import type { BundleFiles } from '@imprimatur/formats/policy';
import { type BundleId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { BundleCheck } from '../policy.check.js';
import { PolicyRepository } from '../policy.repository.js';
import { ACTIVATING, canaryMatter } from '../policy.rules.js';
import type { ShadowBundle, StoredBundle } from '../policy.types.js';
import { ShadowEngine } from './shadow.engine.js';
import { bundleCanaried, bundleShadowed, trialEnded } from './trial.events.js';
import { notOnTrial, type TrialRefusal } from './trial.refusals.js';
import { TrialRepository } from './trial.repository.js';
import { canaryRefused, failuresOf, notYetEffective, shadowRefused, tallyOf } from './trial.rules.js';
import type { RealAnswer, TrialAnswer, TrialReport } from './trial.types.js';

/** Bundles on trial: in shadow, where they are asked and never act, or in canary, where they judge a share of the sessions. */
@Injectable()
export class TrialService {
  constructor(
    private readonly bundles: PolicyRepository,
    private readonly trials: TrialRepository,
    private readonly check: BundleCheck,
    private readonly engine: ShadowEngine,
    private readonly ledger: Ledger,
    private readonly hands: HandService,
  ) {}

  /** From the next question on it is asked beside the active one. */
  async shadow(write: WriteContext, id: BundleId): Promise<Result<StoredBundle, TrialRefusal>> {
    const denied = allow(write.context, 'create', 'PolicyBundle');
    if (denied) return refuse(denied);
    await this.bundles.lockActivation(write);
    const bundle = await this.bundles.find(write, id);
    if (!bundle) return refuse(notFound('policy bundle'));
    const { active, onTrial } = await this.bundles.findJudges(write);
    const refused = shadowRefused(bundle, onTrial?.bundle ?? null);
    if (refused) return refuse(refused);
    const sound = await this.check.sound(write, bundle);
    if (!sound.ok) return sound;
    const trial = { by: write.context.actor.subject, since: systemClock.now(), sharePermille: null };
    await this.bundles.setTrial(write, id, trial);
    await this.ledger.append(write, bundleShadowed(bundle, active?.bundle.hash ?? null));
    return ok({ ...bundle, state: 'shadow', trial });
  }

  /**
   * From the next question on it judges its share of the sessions, and is asked beside the active one for the others. Again: with another share. Takes a
   * hand as activation does: 999 of a thousand are nearly all.
   */
  async canary(
    write: WriteContext,
    id: BundleId,
    sharePermille: number,
    assertion: MaybeAssertion = null,
  ): Promise<Result<StoredBundle, TrialRefusal | HandRefusal>> {
    const denied = allow(write.context, 'activate', 'PolicyBundle');
    if (denied) return refuse(denied);
    await this.bundles.lockActivation(write);
    const bundle = await this.bundles.find(write, id);
    if (!bundle) return refuse(notFound('policy bundle'));
    const { active, onTrial } = await this.bundles.findJudges(write);
    const [by, now] = [write.context.actor.subject, systemClock.now()];
    const refused = canaryRefused(bundle, onTrial?.bundle ?? null, { by, sharePermille });
    if (refused) return refuse(refused);
    const sound = await this.check.sound(write, bundle);
    if (!sound.ok) return sound;
    const early = notYetEffective(sound.value.effective, now);
    if (early) return refuse(early);
    const hand = await this.hands.take(write, canaryMatter(bundle, sharePermille), ACTIVATING, assertion);
    if (!hand.ok) return hand;
    const trial = { by, since: bundle.trial?.since ?? now, sharePermille };
    await this.bundles.setTrial(write, id, trial);
    await this.ledger.append(write, byHand(bundleCanaried(bundle, active?.bundle.hash ?? null, sharePermille), hand.value));
    return ok({ ...bundle, state: 'canary', trial });
  }

  /** Back to draft, at once: the active bundle judges everything again, which two people agreed to. */
  async end(write: WriteContext, id: BundleId): Promise<Result<StoredBundle, TrialRefusal>> {
    const denied = allow(write.context, 'create', 'PolicyBundle');
    if (denied) return refuse(denied);
    await this.bundles.lockActivation(write);
    const bundle = await this.bundles.find(write, id);
    if (!bundle) return refuse(notFound('policy bundle'));
    if (bundle.trial === null) return refuse(notOnTrial(bundle));
    await this.bundles.setDraft(write, id);
    await this.ledger.append(write, trialEnded(bundle));
    return ok({ ...bundle, state: 'draft', trial: null });
  }

  /** What the bundle would have answered. Throws only when its files cannot be had. */
  async ask(shadow: ShadowBundle, real: RealAnswer, files: () => Promise<BundleFiles>): Promise<TrialAnswer> {
    return this.engine.ask(shadow, real, files);
  }

  async files(read: ReadContext, { id }: ShadowBundle): Promise<BundleFiles> {
    return this.bundles.files(read, id);
  }

  async record(write: WriteContext, { id }: ShadowBundle, real: RealAnswer, trial: TrialAnswer): Promise<void> {
    await this.trials.record(write, id, real, trial, systemClock.now());
  }

  /** Null: nothing is on trial, nothing is active beside it, or it is not the actor's to see. */
  async report(read: ReadContext): Promise<TrialReport | null> {
    if (allow(read.context, 'read', 'PolicyBundle')) return null;
    const { active, onTrial } = await this.bundles.findJudges(read);
    const trial = onTrial?.bundle.trial;
    if (!active || !onTrial || !trial) return null;
    // what was answered beside another bundle says nothing about this one
    const since = new Date(Math.max(trial.since.getTime(), active.bundle.activatedAt?.getTime() ?? 0));
    const groups = await this.trials.groups(read, onTrial.bundle.id, active.bundle.id, since);
    return { bundle: onTrial.bundle, active: active.bundle, since, tally: tallyOf(groups), failures: failuresOf(groups) };
  }
}
