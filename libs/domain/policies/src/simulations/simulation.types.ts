import type { SimulationTally } from '@imprimatur/formats/policy';
import type { BundleId, SimulationId, SubjectId } from '@imprimatur/kernel';

/** running > done | failed | cancelled. */
export type SimulationState = 'running' | 'done' | 'failed' | 'cancelled';

/** Where the next questions begin: behind this verdict. */
export interface SimulationPlace {
  readonly at: Date;
  readonly verdict: string;
}

/** What two stored bundles say to the questions of a time. */
export interface Simulation {
  readonly id: SimulationId;
  readonly from: BundleId;
  readonly to: BundleId;
  readonly since: Date;
  readonly until: Date;
  readonly questionsMax: number;
  /** How many questions there are to ask; null: not counted yet. */
  readonly total: number | null;
  readonly state: SimulationState;
  /** So far. */
  readonly tally: SimulationTally;
  readonly place: SimulationPlace | null;
  /** Code of what went wrong; null unless failed. */
  readonly failure: string | null;
  readonly startedBy: SubjectId | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface NewSimulation {
  readonly from: BundleId;
  readonly to: BundleId;
  readonly since: Date;
  readonly until: Date;
  readonly questionsMax: number;
}
