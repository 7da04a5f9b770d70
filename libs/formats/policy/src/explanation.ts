import { COMPARISONS, type Comparison, type Condition, type Operand, type Test } from './condition.js';

/** The context record of one evaluation: facts, `threshold` and `list`. */
export type Values = Readonly<Record<string, unknown>>;

/** What decided, one line per comparison that held: `sexual_explicit = 498, rule: at least 300`. */
export function explain(condition: Condition, values: Values): readonly string[] {
  return [...new Set(linesOf(condition, values, true))];
}

/** Lines for the parts that made `condition` come out as `wanted`. */
function linesOf(condition: Condition, values: Values, wanted: boolean): readonly string[] {
  switch (condition.kind) {
    case 'opaque':
      return [];
    case 'not':
      return linesOf(condition.of, values, !wanted);
    case 'test':
      return condition.test.op === 'has' ? [] : [tell(condition.test, values, wanted)];
    default: {
      // an 'all' that holds, and an 'any' that does not, owe it to every part; the other two to the parts that came out so
      const everyPart = (condition.kind === 'all') === wanted;
      const parts = condition.of.filter((part) => everyPart || outcomeOf(part, values) === wanted);
      return parts.flatMap((part) => linesOf(part, values, wanted));
    }
  }
}

function tell(test: Test, values: Values, wanted: boolean): string {
  const operand = valueOf(test.operand, values);
  return `${labelOf(test.path)} = ${inWords(lookUp(test.path, values))}, rule: ${demandOf(test.op, operand, wanted)}`;
}

export const OPPOSITE: Readonly<Record<Comparison, Comparison>> = { '>=': '<', '>': '<=', '<=': '>', '<': '>=', '==': '!=', '!=': '==' };
const COMPARISON_WORDS: Readonly<Record<Comparison, string>> = {
  '>=': 'at least',
  '>': 'more than',
  '<=': 'at most',
  '<': 'less than',
  '==': 'is',
  '!=': 'is not',
};

export function isComparison(op: Test['op']): op is Comparison {
  return (COMPARISONS as readonly string[]).includes(op);
}

function demandOf(op: Test['op'], operand: unknown, wanted: boolean): string {
  const words = inWords(operand);
  if (isComparison(op)) return `${COMPARISON_WORDS[wanted ? op : OPPOSITE[op]]} ${words}`;
  switch (op) {
    case 'is true':
      return `is ${inWords(wanted)}`;
    case 'is empty':
      return wanted ? 'is empty' : 'is not empty';
    case 'is one of':
      return wanted ? `is one of ${words}` : `is none of ${words}`;
    case 'includes any of':
      return wanted ? `includes any of ${words}` : `includes none of ${words}`;
    default:
      return wanted ? `${op} ${words}` : `not: ${op} ${words}`;
  }
}

/** `scores.sexual_explicit` as `sexual_explicit`, `facesWithoutConsent` as `faces without consent`. */
export function labelOf(path: string): string {
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A fact or a value of the rule, for a person. */
export function inWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inWords).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown';
}

/** What a fact is compared with. */
export function valueOf(operand: Operand, values: Values): unknown {
  return 'path' in operand ? lookUp(operand.path, values) : operand.literal;
}

/** The value at a dotted path, or undefined. */
export function lookUp(path: string, values: Values): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, name) => (typeof found === 'object' && found !== null ? (found as Values)[name] : undefined), values);
}

/** Whether the condition holds; null where it cannot be told here. Used only to leave out of the words what did not matter. */
export function outcomeOf(condition: Condition, values: Values): boolean | null {
  switch (condition.kind) {
    case 'opaque':
      return null;
    case 'not': {
      const inner = outcomeOf(condition.of, values);
      return inner === null ? null : !inner;
    }
    case 'test':
      return holds(condition.test, values);
    default: {
      const outcomes = condition.of.map((part) => outcomeOf(part, values));
      const deciding = condition.kind === 'any';
      if (outcomes.includes(deciding)) return deciding;
      return outcomes.includes(null) ? null : !deciding;
    }
  }
}

function holds({ path, op, operand }: Test, values: Values): boolean | null {
  const fact = lookUp(path, values);
  if (op === 'has') return fact !== undefined;
  const other = valueOf(operand, values);
  if (typeof fact === 'number' && typeof other === 'number' && isComparison(op)) return compare(op, fact, other);
  if (op === '==') return fact === other;
  if (op === '!=') return fact !== other;
  if (op === 'is true') return fact === true;
  if (op === 'is one of') return Array.isArray(other) && other.includes(fact);
  if (!Array.isArray(fact)) return null;
  if (op === 'is empty') return fact.length === 0;
  if (op === 'includes') return fact.includes(other);
  if (!Array.isArray(other)) return null;
  return op === 'includes any of' ? other.some((each) => fact.includes(each)) : other.every((each) => fact.includes(each));
}

function compare(op: Comparison, fact: number, other: number): boolean {
  switch (op) {
    case '>=':
      return fact >= other;
    case '>':
      return fact > other;
    case '<=':
      return fact <= other;
    case '<':
      return fact < other;
    case '==':
      return fact === other;
    case '!=':
      return fact !== other;
  }
}
