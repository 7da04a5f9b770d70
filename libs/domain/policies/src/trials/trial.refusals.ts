import type { NotFound, Refusal } from '@imprimatur/kernel';
import type { PolicyRefusal } from '../policy.refusals.js';
import type { StoredBundle } from '../policy.types.js';

export type BundleNotForTrial = Refusal<'BUNDLE_NOT_FOR_TRIAL'>;
export type TrialUnderWay = Refusal<'TRIAL_UNDER_WAY'>;
export type TrialNeedsAnother = Refusal<'TRIAL_NEEDS_ANOTHER'>;
export type TrialShareInvalid = Refusal<'TRIAL_SHARE_INVALID'>;
export type NotOnTrial = Refusal<'NOT_ON_TRIAL'>;
export type TrialRefusal =
  PolicyRefusal | NotFound | BundleNotForTrial | TrialUnderWay | TrialNeedsAnother | TrialShareInvalid | NotOnTrial;

export function bundleNotForTrial({ state }: StoredBundle): BundleNotForTrial {
  const canary = state === 'canary';
  return {
    code: 'BUNDLE_NOT_FOR_TRIAL',
    message: `The bundle is ${canary ? 'in canary' : state}; only a draft is put on trial.`,
    remedy: canary ? 'End its trial first, or change its share.' : 'Load it again under a new version.',
  };
}

export function trialUnderWay({ name, version }: StoredBundle): TrialUnderWay {
  return {
    code: 'TRIAL_UNDER_WAY',
    message: `${name} ${version} is on trial, and there is one trial at a time.`,
    remedy: 'End that trial, or activate that bundle, first.',
  };
}

export function trialNeedsAnother(): TrialNeedsAnother {
  return {
    code: 'TRIAL_NEEDS_ANOTHER',
    message: 'You loaded this bundle, so you may not let it judge real turns.',
    remedy: 'Ask another policy administrator to put it into canary, or put it into shadow, where it never acts.',
  };
}

export function trialShareInvalid(): TrialShareInvalid {
  return {
    code: 'TRIAL_SHARE_INVALID',
    message: 'The share is no whole number from 1 to 999.',
    remedy: 'Say of how many of a thousand sessions it judges; none is shadow, and all is its activation.',
  };
}

export function notOnTrial({ state }: StoredBundle): NotOnTrial {
  return { code: 'NOT_ON_TRIAL', message: `The bundle is not on trial: it is ${state}.`, remedy: 'Nothing is to be done.' };
}
