/**
 * A rule's condition, read from Cedar's JSON form (EST) into the few shapes that can be told in words. Cedar alone decides; this
 * tree only explains what Cedar decided, and lets the loader check the words that a rule uses.
 */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'test'; readonly test: Test }
  /** Arithmetic and whatever else has no short telling. */
  | { readonly kind: 'opaque' };

export type Literal = string | number | boolean | readonly Literal[];
export type Operand = { readonly literal: Literal } | { readonly path: string };
export const COMPARISONS = ['>=', '>', '<=', '<', '==', '!='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** One comparison of a fact (a path below `context`, or `roles` for `principal in Role`) with a value of the rule or of its data. */
export interface Test {
  readonly path: string;
  readonly op: Comparison | 'includes' | 'includes any of' | 'includes all of' | 'is one of' | 'is empty' | 'is true' | 'has';
  readonly operand: Operand;
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `when` clauses must hold and `unless` clauses must not. */
export function readConditions(clauses: readonly { kind: 'when' | 'unless'; body: unknown }[]): Condition {
  return {
    kind: 'all',
    of: clauses.map(({ kind, body }): Condition => (kind === 'when' ? readExpression(body) : { kind: 'not', of: readExpression(body) })),
  };
}

function readExpression(expression: unknown): Condition {
  if (!isNode(expression)) return { kind: 'opaque' };
  if ('&&' in expression) return { kind: 'all', of: sides(expression['&&']).map(readExpression) };
  if ('||' in expression) return { kind: 'any', of: sides(expression['||']).map(readExpression) };
  if ('!' in expression) return { kind: 'not', of: readExpression((expression['!'] as { arg: unknown }).arg) };
  const test = readTest(expression);
  return test === null ? { kind: 'opaque' } : { kind: 'test', test };
}

function sides(binary: unknown): [unknown, unknown] {
  const { left, right } = binary as { left: unknown; right: unknown };
  return [left, right];
}

function readTest(expression: Node): Test | null {
  const fact = pathOf(expression);
  if (fact !== null) return { path: fact, op: 'is true', operand: { literal: true } };
  if ('isEmpty' in expression) return testOf(pathOf((expression['isEmpty'] as { arg: unknown }).arg), 'is empty', { literal: true });
  if ('has' in expression) return readHas(expression['has'] as { left: unknown; attr: string | string[] });
  if ('in' in expression) return readRole(sides(expression['in']));
  if ('contains' in expression) return readContains(sides(expression['contains']));
  for (const [name, op] of [
    ['containsAny', 'includes any of'],
    ['containsAll', 'includes all of'],
  ] as const) {
    if (name in expression) return readBinary(op, op, sides(expression[name]));
  }
  const comparison = COMPARISONS.find((op) => op in expression);
  return comparison === undefined ? null : readBinary(comparison, TURNED[comparison], sides(expression[comparison]));
}

/** `300 <= context.x` says what `context.x >= 300` says. */
const TURNED: Readonly<Record<Comparison, Comparison>> = { '>=': '<=', '>': '<', '<=': '>=', '<': '>', '==': '==', '!=': '!=' };

function readBinary(op: Test['op'], turned: Test['op'], [left, right]: [unknown, unknown]): Test | null {
  const leftPath = pathOf(left);
  const rightPath = pathOf(right);
  if (leftPath !== null && !isData(leftPath)) return testOf(leftPath, op, operandOf(right));
  return testOf(rightPath, turned, operandOf(left));
}

function readContains([set, member]: [unknown, unknown]): Test | null {
  const path = pathOf(set);
  return path !== null && !isData(path) ? testOf(path, 'includes', operandOf(member)) : testOf(pathOf(member), 'is one of', operandOf(set));
}

function readHas({ left, attr }: { left: unknown; attr: string | string[] }): Test | null {
  const below = isNode(left) && left['Var'] === 'context' ? '' : pathOf(left);
  if (below === null) return null;
  return testOf([below, ...[attr].flat()].filter((part) => part !== '').join('.'), 'has', { literal: true });
}

/** `principal in Imprimatur::Role::"legal"` is a question about the roles. */
function readRole([left, right]: [unknown, unknown]): Test | null {
  const role = isNode(right) && isNode(right['Value']) && isNode(right['Value']['__entity']) ? right['Value']['__entity']['id'] : null;
  return isNode(left) && left['Var'] === 'principal' && typeof role === 'string' ? testOf('roles', 'includes', { literal: role }) : null;
}

function testOf(path: string | null, op: Test['op'], operand: Operand | null): Test | null {
  return path === null || operand === null ? null : { path, op, operand };
}

/** Thresholds and lists come from the bundle's data, not from the turn. */
export function isData(path: string): boolean {
  return path.startsWith('threshold.') || path.startsWith('list.');
}

/** `context.scores.x` as `scores.x`; null for what is no path below `context`. */
function pathOf(expression: unknown): string | null {
  if (!isNode(expression) || !isNode(expression['.'])) return null;
  const { left, attr } = expression['.'] as { left: unknown; attr: string };
  if (isNode(left) && left['Var'] === 'context') return attr;
  const above = pathOf(left);
  return above === null ? null : `${above}.${attr}`;
}

function operandOf(expression: unknown): Operand | null {
  const path = pathOf(expression);
  if (path !== null) return { path };
  const literal = literalOf(expression);
  return literal === null ? null : { literal };
}

function literalOf(expression: unknown): Literal | null {
  if (!isNode(expression)) return null;
  if ('Set' in expression) {
    const members = (expression['Set'] as unknown[]).map(literalOf);
    return members.every((member) => member !== null) ? members : null;
  }
  const value = expression['Value'];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Every test in the tree, in the order of the text. */
export function testsOf(condition: Condition): readonly Test[] {
  if (condition.kind === 'test') return [condition.test];
  if (condition.kind === 'opaque') return [];
  return condition.kind === 'not' ? testsOf(condition.of) : condition.of.flatMap(testsOf);
}
