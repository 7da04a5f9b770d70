import type { ReviewCondition } from '@imprimatur/domain/review';
import type { Verdict } from '@imprimatur/kernel';

/** What an approval of the session demands of this turn and it does not keep, as the answer of a gate; null: nothing. */
export function conditionVerdict(conditions: readonly ReviewCondition[], operations: readonly string[]): Verdict | null {
  const broken = conditions.filter(({ forbids }) => forbids.some((kind) => operations.includes(kind)));
  if (broken.length === 0) return null;
  return {
    gate: 'usage',
    outcome: 'refuse',
    findings: broken.map(({ code, forbids }) => ({
      rule: `condition.${code}`,
      outcome: 'refuse',
      reason: `An earlier picture of this session was approved under the condition that ${forbids.join(' and ')} stay as they are.`,
      citation: 'The approval that the session goes on from',
      remedy: 'Ask for something else, or open a new session for it.',
      met: operations.filter((kind) => forbids.includes(kind)).map((kind) => `asked for: ${kind}`),
    })),
    evidence: { decisions: broken.map(({ decision }) => decision) },
  };
}
