import type { TrialReport } from '@imprimatur/domain/policies';
import { toPolicyVersion } from '../policy/policy.mapper.js';
import { toCell, toReviews } from '../simulation/simulation.mapper.js';

export function toTrial({ bundle, active, since, tally, failures }: TrialReport): object {
  return {
    bundle: toPolicyVersion(bundle),
    active: toPolicyVersion(active),
    since,
    questions: tally.questions,
    notComparable: tally.notComparable,
    failures,
    matrix: tally.cells.map(toCell),
    ...toReviews(tally),
  };
}
