import type { Condition } from './condition.js';

const GUARDED = 'promptCategories';

/**
 * The prompt categories of which one must be there before Cedar looks at anything else of `condition`; null: it always looks. `&&` goes from the left and
 * stops at what is false, so without them the rule neither applies nor fails.
 */
export function guardOf(condition: Condition): readonly string[] | null {
  if (condition.kind === 'all') return condition.of[0] ? guardOf(condition.of[0]) : null;
  if (condition.kind !== 'test' || condition.test.path !== GUARDED || !('literal' in condition.test.operand)) return null;
  const { op, operand } = condition.test;
  const classes: readonly unknown[] = op === 'includes' ? [operand.literal] : op === 'includes any of' ? [operand.literal].flat() : [];
  return classes.length > 0 && classes.every((each) => typeof each === 'string') ? classes : null;
}
