import { EXAMPLES_MAX, type Question } from '@imprimatur/formats/policy';
import type { BundleId, VerdictOutcome } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { RealAnswer, TrialAnswer, TrialFailure, TrialGroup } from './trial.types.js';

interface GroupRow {
  readonly question: Question;
  readonly outcome: VerdictOutcome;
  readonly rules: readonly string[];
  readonly trial_outcome: VerdictOutcome | null;
  readonly trial_rules: readonly string[];
  readonly failure: TrialFailure | null;
  readonly count: number;
  readonly examples: readonly string[];
  readonly first: Date;
  readonly last: Date;
}

function toGroup(row: GroupRow): TrialGroup {
  const { question, count, examples, first, last } = row;
  const trial: TrialAnswer =
    row.trial_outcome === null
      ? { failure: row.failure ?? 'broken' }
      : { outcome: row.trial_outcome, rules: row.trial_rules, failure: null };
  return { question, real: { outcome: row.outcome, rules: row.rules }, trial, count, examples, first, last };
}

@Injectable()
export class TrialRepository {
  /** The same question about the same thing again: what was answered last counts. */
  async record(
    write: WriteContext,
    bundle: BundleId,
    { asked, about, judge, answer }: RealAnswer,
    trial: TrialAnswer,
    at: Date,
  ): Promise<void> {
    const [outcome, rules] = trial.failure === null ? [trial.outcome, trial.rules] : [null, []];
    await write.manager.query(
      `insert into policy_trial_answer (tenant, bundle, question, about, judge, outcome, rules, trial_outcome, trial_rules, failure, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (tenant, bundle, question, about) do update set (judge, outcome, rules, trial_outcome, trial_rules, failure, at)
          = (excluded.judge, excluded.outcome, excluded.rules, excluded.trial_outcome, excluded.trial_rules, excluded.failure, excluded.at)`,
      [
        write.context.tenant,
        bundle,
        asked.question,
        about,
        judge,
        answer.outcome,
        [...answer.rules],
        outcome,
        [...rules],
        trial.failure,
        at,
      ],
    );
  }

  /** What was answered since, beside `judge`; as few rows as there are different pairs of answers. */
  async groups(read: ReadContext, bundle: BundleId, judge: BundleId, since: Date): Promise<readonly TrialGroup[]> {
    const rows = await read.manager.query<GroupRow[]>(
      `select question, outcome, rules, trial_outcome, trial_rules, failure, count(*)::int as count,
          (array_agg(about order by at, about))[1:${EXAMPLES_MAX}]::text[] as examples, min(at) as first, max(at) as last
        from policy_trial_answer where tenant = $1 and bundle = $2 and judge = $3 and at >= $4
        group by question, outcome, rules, trial_outcome, trial_rules, failure order by min(at), question`,
      [read.context.tenant, bundle, judge, since],
    );
    return rows.map(toGroup);
  }
}
