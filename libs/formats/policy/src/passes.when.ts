import type { Comparison, Condition, Test } from './condition.js';
import { inWords, isComparison, labelOf, OPPOSITE, outcomeOf, valueOf, type Values } from './explanation.js';

/** What would have to become of the facts: one thing, one of several, or all of several. */
type Way = { readonly words: string; readonly isOfRequest: boolean } | { readonly every: boolean; readonly of: readonly Way[] };

/** Facts of what is asked for and of the picture that it is asked about: nothing changes them but another request. */
const OF_REQUEST: ReadonlySet<string> = new Set([
  'useCase',
  'channel',
  'territory',
  'operations',
  'promptCategories',
  'joinedCategories',
  'pictureCategories',
  'scores.promptMax',
  'scores.sexual_explicit',
  'scores.sexual_suggestive',
  'scores.pictureMax',
  'faces',
  'maskOverlapsFace',
  'knownAs',
  'provider',
]);

/**
 * What would have to be otherwise for a rule not to apply whose condition holds for `values`, in words. Null: the condition cannot be read so far.
 * Only this rule is spoken of: another one may still apply.
 */
export function passesWhen(condition: Condition, values: Values): string | null {
  const way = wayTo(condition, values, false);
  if (way === null) return null;
  const words = tell(way, true);
  return isOfRequest(way) ? `only another request helps: ${words}` : words;
}

/** How `condition`, which is not so now, comes out as `wanted`. */
function wayTo(condition: Condition, values: Values, wanted: boolean): Way | null {
  switch (condition.kind) {
    case 'opaque':
      return null;
    case 'not':
      return wayTo(condition.of, values, !wanted);
    case 'test':
      return wayOfTest(condition.test, values, wanted);
    default: {
      const parts = partsOf(condition);
      return (condition.kind === 'all') === wanted ? everyWay(parts, values, wanted) : anyWay(parts, values, wanted);
    }
  }
}

/** `a && b && c` is read as two pairs. */
function partsOf(condition: Extract<Condition, { of: readonly Condition[] }>): readonly Condition[] {
  return condition.of.flatMap((part) => (part.kind === condition.kind ? partsOf(part) : [part]));
}

/** All that is not as wanted has to change: one part that cannot be told leaves the whole untold. */
function everyWay(parts: readonly Condition[], values: Values, wanted: boolean): Way | null {
  const ways: Way[] = [];
  for (const part of parts.filter((each) => outcomeOf(each, values) !== wanted)) {
    const way = wayTo(part, values, wanted);
    if (way === null) return null;
    ways.push(way);
  }
  return joined(true, ways);
}

/** Any one part is enough: those that cannot be told are left out. */
function anyWay(parts: readonly Condition[], values: Values, wanted: boolean): Way | null {
  const ways = parts.filter((part) => wanted || !leadsUpwards(part, parts)).map((part) => wayTo(part, values, wanted));
  return joined(
    false,
    ways.filter((way) => way !== null),
  );
}

function joined(every: boolean, found: readonly Way[]): Way | null {
  const flat = found.flatMap((way) => ('of' in way && way.every === every ? way.of : [way]));
  const ways = flat.filter((way, at) => flat.findIndex((other) => tell(other, false) === tell(way, false)) === at);
  return ways.length > 1 ? { every, of: ways } : (ways[0] ?? null);
}

/**
 * The upper end of a band, `score >= 300 && score < 900`: whoever leaves it upwards escapes this rule and meets the stricter one, so that
 * is no way out.
 */
function leadsUpwards(part: Condition, beside: readonly Condition[]): boolean {
  return (
    part.kind === 'test' &&
    (part.test.op === '<' || part.test.op === '<=') &&
    beside.some((other) => other.kind === 'test' && other.test.path === part.test.path && ['>=', '>'].includes(other.test.op))
  );
}

function wayOfTest(test: Test, values: Values, wanted: boolean): Way | null {
  if (test.op === 'has') return null; // nobody can do anything about a fact that is not found
  return {
    words: `${labelOf(test.path)} ${demandOf(test, valueOf(test.operand, values), wanted)}`,
    isOfRequest: OF_REQUEST.has(test.path),
  };
}

function demandOf({ op }: Test, operand: unknown, wanted: boolean): string {
  if (isComparison(op)) return comparisonOf(wanted ? op : OPPOSITE[op], operand);
  const words = inWords(operand);
  switch (op) {
    case 'is true':
      return wanted ? 'is yes' : 'is no';
    case 'is empty':
      return wanted ? 'is empty' : 'is not empty';
    case 'is one of':
      return wanted ? `is one of ${words}` : `is none of ${words}`;
    case 'includes any of':
      return wanted ? `with one of ${words}` : `without ${words}`;
    case 'includes all of':
      return wanted ? `with all of ${words}` : `without one of ${words}`;
    default:
      return `${wanted ? 'with' : 'without'} ${words}`;
  }
}

/** Facts are whole numbers: `less than 60` is `at most 59`. */
function comparisonOf(op: Comparison, operand: unknown): string {
  if (op === '==' || op === '!=') return `${op === '==' ? 'is' : 'is not'} ${inWords(operand)}`;
  const least = op === '>=' || op === '>';
  const limit = typeof operand !== 'number' || op === '>=' || op === '<=' ? operand : operand + (least ? 1 : -1);
  return `${least ? 'at least' : 'at most'} ${inWords(limit)}`;
}

function isOfRequest(way: Way): boolean {
  return 'of' in way ? way.of.every(isOfRequest) : way.isOfRequest;
}

function tell(way: Way, isOutermost: boolean): string {
  if (!('of' in way)) return way.words;
  const words = way.of.map((each) => tell(each, false)).join(way.every ? ' and ' : ', or ');
  return isOutermost ? words : `(${words})`;
}
