import type { Decision, Gate } from '@imprimatur/formats/policy';
import type { Json, Verdict } from '@imprimatur/kernel';

/** A fact that could not be had: an engine that is down, slow or wrong. The gate that needs it holds. */
export interface MissingFact {
  readonly gate: Gate;
  /** What did not answer, in words for a person: `the face engine`. */
  readonly source: string;
  /** Code of the fault behind it. */
  readonly code: string;
}

/** What was gathered about one item at one stage of its life. */
export interface GateInput {
  /** The policy's answer to the stage's question. */
  readonly decision: Decision;
  readonly missing: readonly MissingFact[];
  /** More of what was seen, to be kept as evidence of one gate: faces with their consent, classes with their scores. */
  readonly seen: Readonly<Partial<Record<Gate, Readonly<Record<string, Json>>>>>;
}

/** One gate: answers one question about an item. */
export interface GateRow {
  readonly gate: Gate;
  judge(input: GateInput): Verdict;
}
