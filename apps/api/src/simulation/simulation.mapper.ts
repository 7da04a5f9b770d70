import type { Simulation } from '@imprimatur/domain/policies';
import { reviewsPerDay, type SimulationCell, type SimulationTally } from '@imprimatur/formats/policy';
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
  return {
    __typename: 'PolicySimulation',
    fromId: from,
    toId: to,
    ...{ since, until, total, failure, startedAt, endedAt },
    id: toPublicId('simulation', id),
    state: state.toUpperCase(),
    questions: tally.questions,
    notComparable: tally.notComparable,
    cells: tally.cells.map(toCell),
    ...toReviews(tally),
  };
}

export function toCell(cell: SimulationCell): object {
  const kind = cell.question === 'Export' ? 'export' : 'item';
  return {
    ...cell,
    from: cell.from.toUpperCase(),
    to: cell.to.toUpperCase(),
    examples: cell.examples.map((id) => toPublicId(kind, id as Id<typeof kind>)),
  };
}

export function toReviews(tally: SimulationTally): { readonly reviewsPerDayFrom: number; readonly reviewsPerDayTo: number } {
  const { from, to } = reviewsPerDay(tally);
  return { reviewsPerDayFrom: tenths(from), reviewsPerDayTo: tenths(to) };
}
