import type { VerdictOutcome } from '@imprimatur/kernel';
import type { PolicyQuestion } from './question.js';

/** One tested example of a bundle: a question with all its facts, and what must come out. */
export interface GoldenCase {
  readonly file: string;
  /** Where it stands in the file, from 1. */
  readonly line: number;
  /** The rule that the case is about. */
  readonly rule: string;
  /** hit: the rule must apply. miss: it must not, though the facts come near. */
  readonly kind: 'hit' | 'miss';
  readonly name: string;
  readonly asked: PolicyQuestion;
  readonly expected: {
    readonly outcome: VerdictOutcome;
    /** All rules that apply, in order of their ids. */
    readonly rules: readonly string[];
    /** Lines that the rule's explanation must contain. */
    readonly met: readonly string[];
    /** The rule's reason with its facts filled in, where the case states it. */
    readonly reason: string | null;
  };
}
