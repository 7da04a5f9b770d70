import type { BundleAnswer, PolicyQuestion, Question, RuleException, SimulationTally } from '@imprimatur/formats/policy';
import type { BundleId, ExportId, ItemId } from '@imprimatur/kernel';
import type { StoredBundle } from '../policy.types.js';

/** One real question with the answer that counted. */
export interface RealAnswer {
  readonly asked: PolicyQuestion;
  /** What did not count for it. */
  readonly exceptions: readonly RuleException[];
  /** The item, or of an export the export. */
  readonly about: ItemId | ExportId;
  /** The bundle that judged. */
  readonly judge: BundleId;
  readonly answer: BundleAnswer;
}

/** slow: no answer in time. tampered: its files are not what its hash names. broken: it cannot be asked. */
export type TrialFailure = 'slow' | 'tampered' | 'broken';
export type TrialAnswer = (BundleAnswer & { readonly failure: null }) | { readonly failure: TrialFailure };

/** Questions that two bundles answered alike. */
export interface TrialGroup {
  readonly question: Question;
  readonly real: BundleAnswer;
  readonly trial: TrialAnswer;
  readonly count: number;
  /** What the first of them were about. */
  readonly examples: readonly string[];
  readonly first: Date;
  readonly last: Date;
}

/** What the bundle on trial has said so far, beside the one that is active now. */
export interface TrialReport {
  readonly bundle: StoredBundle;
  readonly active: StoredBundle;
  /** Since when the two stand beside each other. */
  readonly since: Date;
  readonly tally: SimulationTally;
  /** Questions without an answer, by why. */
  readonly failures: Readonly<Partial<Record<TrialFailure, number>>>;
}
