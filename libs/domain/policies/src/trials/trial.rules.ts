import { cellOf, EMPTY_TALLY, mergeTallies, type SimulationTally } from '@imprimatur/formats/policy';
import type { SubjectId } from '@imprimatur/kernel';
import { bundleNotEffective } from '../policy.refusals.js';
import { isEffective } from '../policy.rules.js';
import type { StoredBundle } from '../policy.types.js';
import { bundleNotForTrial, trialNeedsAnother, type TrialRefusal, trialShareInvalid, trialUnderWay } from './trial.refusals.js';
import type { TrialFailure, TrialGroup } from './trial.types.js';

export const SHARE_MAX = 999;

/** Why it may not be asked beside the active one, or null. Who loaded it may: it never acts. */
export function shadowRefused(bundle: StoredBundle, onTrial: StoredBundle | null): TrialRefusal | null {
  if (bundle.state !== 'draft') return bundleNotForTrial(bundle);
  return onTrial === null ? null : trialUnderWay(onTrial);
}

/** Why `by` may not let it judge a share of the sessions, or null: what acts takes two people, however seldom it does. */
export function canaryRefused(
  bundle: StoredBundle,
  onTrial: StoredBundle | null,
  { by, sharePermille }: { readonly by: SubjectId | null; readonly sharePermille: number },
): TrialRefusal | null {
  if (!Number.isInteger(sharePermille) || sharePermille < 1 || sharePermille > SHARE_MAX) return trialShareInvalid();
  if (bundle.state === 'active' || bundle.state === 'retired') return bundleNotForTrial(bundle);
  if (onTrial !== null && onTrial.id !== bundle.id) return trialUnderWay(onTrial);
  return by === null || by === bundle.draftedBy ? trialNeedsAnother() : null;
}

/** As activation: what judges is in force. */
export function notYetEffective(effective: string, now: Date): TrialRefusal | null {
  return isEffective(effective, now) ? null : bundleNotEffective(effective);
}

/** The change matrix: from what was answered to what the bundle on trial would have answered. */
export function tallyOf(groups: readonly TrialGroup[]): SimulationTally {
  return groups.map(tallyOfGroup).reduce(mergeTallies, EMPTY_TALLY);
}

function tallyOfGroup({ question, real, trial, count, examples, first, last }: TrialGroup): SimulationTally {
  const time = { first: first.toISOString(), last: last.toISOString() };
  return trial.failure === null
    ? { questions: count, notComparable: 0, ...time, cells: [cellOf(question, real, trial, { count, examples })] }
    : { questions: count, notComparable: count, ...time, cells: [] };
}

export function failuresOf(groups: readonly TrialGroup[]): Readonly<Partial<Record<TrialFailure, number>>> {
  const failures: Partial<Record<TrialFailure, number>> = {};
  for (const { trial, count } of groups) if (trial.failure !== null) failures[trial.failure] = (failures[trial.failure] ?? 0) + count;
  return failures;
}
