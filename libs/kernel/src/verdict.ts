import type { JsonObject } from './json.js';

/** What a gate answers, mildest first: the order is the strictness. */
export const VERDICT_OUTCOMES = ['pass', 'hold', 'throttle', 'refuse'] as const;
export type VerdictOutcome = (typeof VERDICT_OUTCOMES)[number];

/** One reason behind a verdict, in words and in data. */
export interface Finding {
  /** Rule id of the bundle (`likeness.consent`) or taxonomy class (`system.moderator_unavailable`). */
  readonly rule: string;
  readonly outcome: VerdictOutcome;
  /** Why, for the person whose edit it is. Never contains the prompt. */
  readonly reason: string;
  /** The policy's source: a clause, a law, a house rule. */
  readonly citation: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The facts and thresholds that decided: `faces without consent = 1, rule: more than 0`. */
  readonly met: readonly string[];
  /** What would have to be otherwise for the rule not to apply: `turns last hour at most 59`. Absent: it cannot be read from the rule. */
  readonly passesWhen?: string;
  /** Review queue for a hold. */
  readonly queue?: string;
}

/** A gate's answer with its evidence. */
export interface Verdict {
  /** `usage`, `consent`, `moderation`, `inspection`, `review`. */
  readonly gate: string;
  readonly outcome: VerdictOutcome;
  readonly findings: readonly Finding[];
  /** Facts, scores, bundle name, version and hash, engine versions. Nothing personal, no floats. */
  readonly evidence: JsonObject;
}

/** The stricter of two outcomes. */
export function stricter(a: VerdictOutcome, b: VerdictOutcome): VerdictOutcome {
  return VERDICT_OUTCOMES.indexOf(a) >= VERDICT_OUTCOMES.indexOf(b) ? a : b;
}

/** The strictest of all outcomes; `pass` when there is none. */
export function strictest(outcomes: readonly VerdictOutcome[]): VerdictOutcome {
  return outcomes.reduce(stricter, 'pass');
}
