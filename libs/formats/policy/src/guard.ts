import type { Condition } from './condition.js';

const GUARDED = 'promptCategories';

/**
 * Prompt categories of which one must be there for `condition` to hold; null: it may hold without. `&&` and `||` go from the left and stop as soon as
 * they can. What stands before a guard is looked at without it, so it must be a plain test, which cannot fail on facts that fit the schema: then a rule
 * that lacks its categories neither applies nor fails.
 */
export function guardOf(condition: Condition): readonly string[] | null {
  switch (condition.kind) {
    case 'all':
      for (const part of condition.of) {
        const guard = guardOf(part);
        if (guard !== null || mayFail(part)) return guard;
      }
      return null;
    case 'any': {
      const guards = condition.of.map(guardOf);
      return guards.every((guard) => guard !== null) ? guards.flat() : null;
    }
    case 'test':
      return guardOfTest(condition.test);
    default:
      return null;
  }
}

function guardOfTest({ path, op, operand }: Extract<Condition, { kind: 'test' }>['test']): readonly string[] | null {
  if (path !== GUARDED || !('literal' in operand)) return null;
  const classes: readonly unknown[] = op === 'includes' ? [operand.literal] : op === 'includes any of' ? [operand.literal].flat() : [];
  return classes.length > 0 && classes.every((each) => typeof each === 'string') ? classes : null;
}

/** Arithmetic may overflow, and whatever else has no short telling is not known. */
function mayFail(condition: Condition): boolean {
  if (condition.kind === 'opaque') return true;
  if (condition.kind === 'test') return false;
  return condition.kind === 'not' ? mayFail(condition.of) : condition.of.some(mayFail);
}
