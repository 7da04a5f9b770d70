import type { EntryId, SubjectId, TrainingId } from '@imprimatur/kernel';

/** Somebody has begun a module's quiz: it is graded once, against the content that they were shown. */
export interface TrainingAttempt {
  readonly id: TrainingId;
  readonly subject: SubjectId;
  readonly module: string;
  /** Hex digest of the module's content. */
  readonly digest: string;
  readonly startedAt: Date;
  /** Null: not graded yet. */
  readonly result: TrainingResult | null;
}

export interface TrainingResult {
  readonly right: number;
  readonly asked: number;
  readonly passed: boolean;
  readonly gradedAt: Date;
  /** Until when it counts; null: it was not passed. */
  readonly until: Date | null;
  /** The entry `training.passed`; null: it was not passed. */
  readonly entry: EntryId | null;
}

/** What was chosen for one question. */
export interface TrainingAnswer {
  readonly question: string;
  readonly choices: readonly string[];
}

/** A question as it is put: in an order of the attempt's own, and without what is right. */
export interface PutQuestion {
  readonly id: string;
  readonly text: string;
  /** Whether more than one choice is right. */
  readonly isMultiple: boolean;
  readonly choices: readonly { readonly id: string; readonly text: string }[];
}

/** not-passed; passed, and it counts; expired; changed: what was passed had another content. */
export type TrainingState = 'not-passed' | 'passed' | 'expired' | 'changed';

/** Where somebody stands with a module. */
export interface TrainingStanding {
  readonly module: string;
  readonly state: TrainingState;
  /** Of the pass that counts, or counted last; null: never passed. */
  readonly passedAt: Date | null;
  readonly until: Date | null;
}

/** A pass, as it was: of whatever content. */
export interface TrainingPass {
  readonly module: string;
  readonly digest: string;
  readonly passedAt: Date;
  readonly until: Date;
}
