import { readConditions } from './condition.js';
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { questionsOf } from './bundle.rules.js';
import type { Bundle, Rule } from './bundle.types.js';
import { engineErrors, type CedarPrinter } from './cedar.js';

/** A bundle with one small mistake in one rule. If its golden tests still pass, they do not protect that rule. */
export interface Mutant {
  readonly rule: string;
  /** What was changed: `>= became >`. */
  readonly change: string;
  readonly bundle: Bundle;
}

/**
 * Every small mistake of one rule: dropped, another outcome, a comparison one off or turned, a part of a condition or of a list left out, a
 * negation lost, a question no longer asked.
 */
export function mutantsOf(bundle: Bundle, rule: Rule, cedar: CedarPrinter): readonly Mutant[] {
  const withRule = (change: string, changed: Rule | null): Mutant => ({
    rule: rule.id,
    change,
    bundle: { ...bundle, rules: bundle.rules.flatMap((each) => (each.id !== rule.id ? [each] : changed === null ? [] : [changed])) },
  });
  const outcome = rule.outcome === 'refuse' ? 'hold' : 'refuse';
  const changes = [...mutatedActions(rule.json), ...mutatedConditions(rule.json)];
  return [
    withRule('dropped', null),
    withRule(`${rule.outcome} became ${outcome}`, { ...rule, outcome }),
    ...changes.map(({ change, json }) =>
      withRule(change, {
        ...rule,
        json,
        text: textOf(json, cedar),
        questions: questionsOf(json.action),
        condition: readConditions(json.conditions),
      }),
    ),
  ];
}

interface Changed<T> {
  readonly change: string;
  readonly json: T;
}

function textOf(json: PolicyJson, cedar: CedarPrinter): string {
  const answer = cedar.policyToText(json);
  if (answer.type === 'failure') throw new Error(`a mutated rule has no text: ${engineErrors(answer.errors)}`);
  return answer.text;
}

function mutatedActions(json: PolicyJson): readonly Changed<PolicyJson>[] {
  const { action } = json;
  if (!('entities' in action)) return [];
  return action.entities.map((left) => ({
    change: `no longer asked in ${'__entity' in left ? left.__entity.id : left.id}`,
    json: { ...json, action: { ...action, entities: action.entities.filter((each) => each !== left) } },
  }));
}

function mutatedConditions(json: PolicyJson): readonly Changed<PolicyJson>[] {
  return json.conditions.flatMap((clause, at) =>
    mutatedExpressions(clause.body).map(({ change, json: body }) => ({
      change,
      json: {
        ...json,
        conditions: json.conditions.map((each, index) => (index === at ? { ...each, body: body as typeof each.body } : each)),
      },
    })),
  );
}

const OFF_BY_ONE: Readonly<Record<string, string>> = { '>=': '>', '>': '>=', '<=': '<', '<': '<=', '==': '!=', '!=': '==' };
type Node = Readonly<Record<string, unknown>>;

/** One changed copy of `expression` per place where it can be changed. */
function mutatedExpressions(expression: unknown): readonly Changed<unknown>[] {
  if (typeof expression !== 'object' || expression === null) return [];
  const node = expression as Node;
  const [operator] = Object.keys(node);
  if (operator === undefined) return [];
  return [...changesHere(operator, node[operator]), ...changesBelow(operator, node[operator])];
}

function changesHere(operator: string, operands: unknown): readonly Changed<unknown>[] {
  const { left, right, arg } = operands as { left?: unknown; right?: unknown; arg?: unknown };
  const turned = OFF_BY_ONE[operator];
  if (turned !== undefined) return [{ change: `${operator} became ${turned}`, json: { [turned]: operands } }];
  if (operator === '!') return [{ change: 'a negation lost', json: arg }];
  if (operator === 'Set' && Array.isArray(operands) && operands.length > 1) {
    return operands.map((member: unknown) => ({
      change: `${JSON.stringify(member)} left out of a list`,
      json: { Set: operands.filter((each: unknown) => each !== member) },
    }));
  }
  if (operator !== '&&' && operator !== '||') return [];
  // `context has x && ...` only guards its other side: without it the rule would fail, not weaken
  const kept = [right, left].filter((_, at) => !isGuard([left, right][at]));
  return kept.map((side, at) => ({ change: `${at === 0 ? 'left' : 'right'} side of ${operator} left out`, json: side }));
}

function isGuard(side: unknown): boolean {
  return typeof side === 'object' && side !== null && 'has' in side;
}

function changesBelow(operator: string, operands: unknown): readonly Changed<unknown>[] {
  if (operator === 'Set' || operator === '.' || operator === 'has' || typeof operands !== 'object' || operands === null) return [];
  return Object.entries(operands as Node).flatMap(([side, below]) =>
    mutatedExpressions(below).map(({ change, json }) => ({ change, json: { [operator]: { ...(operands as Node), [side]: json } } })),
  );
}
