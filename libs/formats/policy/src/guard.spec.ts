import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { readConditions } from './condition.js';
import { guardOf } from './guard.js';

/** The guard of a rule with this condition, read from Cedar's own form of it. */
function guard(condition: string): readonly string[] | null {
  const read = cedar.policyToJson(`forbid (principal, action, resource) when { ${condition} };`);
  if (read.type === 'failure') throw new Error(read.errors.map(({ message }) => message).join('; '));
  return guardOf(readConditions(read.json.conditions));
}

describe('the guard of a rule', () => {
  it.each([
    ['context.promptCategories.contains("x.y")', ['x.y']],
    ['context.promptCategories.contains("x.y") && context.faces > 0', ['x.y']],
    ['(context.promptCategories.contains("x.y") && context.faces > 0) && context.turnsLastHour > 3', ['x.y']],
    ['context.promptCategories.containsAny(["a", "b"]) && context.faces > 0', ['a', 'b']],
    ['context.promptCategories.contains("a") && context.promptCategories.contains("b")', ['a']],
    ['context.faces > 0 && context.promptCategories.contains("a")', ['a']],
    ['context.faces > 0 && (context.promptCategories.contains("a") || context.promptCategories.containsAny(["b", "c"]))', ['a', 'b', 'c']],
    ['context.promptCategories.contains("a") || (context.faces > 0 && context.promptCategories.contains("b"))', ['a', 'b']],
    ['!(context.faces > 0) && context.promptCategories.contains("a")', ['a']],
  ])('is what %s cannot hold without', (condition, classes) => expect(guard(condition)).toEqual(classes));

  it.each([
    'context.faces > 0',
    'context.faces + 1 > 0 && context.promptCategories.contains("a")',
    '(context.faces > 3 || context.faces * 2 > 1) && context.promptCategories.contains("a")',
    '(if context.faces > 0 then true else false) && context.promptCategories.contains("a")',
    'context.promptCategories.contains("a") || context.faces > 0',
    '(context.promptCategories.contains("a") || context.faces > 0) && context.turnsLastHour > 3',
    '!context.promptCategories.contains("a")',
    'context.promptCategories.isEmpty()',
    'context.promptCategories.containsAll([])',
    'context.operations.contains("a")',
    'if context.promptCategories.contains("a") then context.faces > 0 else context.faces > 1',
  ])('is none with %s', (condition) => expect(guard(condition)).toBeNull());
});
