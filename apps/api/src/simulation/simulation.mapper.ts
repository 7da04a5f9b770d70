import type { Simulation } from '@imprimatur/domain/policies';
import { reviewsPerDay } from '@imprimatur/formats/policy';
import { type BundleId, type Id, toPublicId } from '@imprimatur/kernel';

export interface SimulationParent {
  readonly __typename: 'PolicySimulation';
  readonly fromId: BundleId;
  readonly toId: BundleId;
  readonly [field: string]: unknown;
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

export function toSimulation({
  id,
  from,
  to,
  tally,
  state,
  since,
  until,
  total,
  failure,
  startedAt,
  endedAt,
}: Simulation): SimulationParent {
  const reviews = reviewsPerDay(tally);
  return {
    __typename: 'PolicySimulation',
    fromId: from,
    toId: to,
    ...{ since, until, total, failure, startedAt, endedAt },
    id: toPublicId('simulation', id),
    state: state.toUpperCase(),
    questions: tally.questions,
    notComparable: tally.notComparable,
    cells: tally.cells.map((cell) => ({
      ...cell,
      from: cell.from.toUpperCase(),
      to: cell.to.toUpperCase(),
      examples: cell.examples.map((item) => toPublicId('item', item as Id<'item'>)),
    })),
    reviewsPerDayFrom: tenths(reviews.from),
    reviewsPerDayTo: tenths(reviews.to),
  };
}
