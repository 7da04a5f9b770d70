import { readFileSync } from 'node:fs';
import JsonFormula, { type CustomFunction } from '@adobe/json-formula';
import { parseAllDocuments } from 'yaml';

interface Head {
  readonly variables: Readonly<Record<string, unknown>>;
  /** Functions of the rubric's own; they see the whole document and their arguments as `$args`. */
  readonly expressions: Readonly<Record<string, string>>;
}

interface Criterion {
  readonly id: string;
  readonly expression: string;
  readonly failIfMatched?: boolean;
  readonly warnIfMatched?: boolean;
}

export interface Score {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

const ANY_COUNT = [{ types: [1], optional: true, variadic: true }];

/** An asset rubric of the C2PA conformance programme, evaluated over crJSON. */
export class Rubric {
  private readonly head: Head;
  private readonly criteria: readonly Criterion[];

  constructor(file: string) {
    const [head, criteria] = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as unknown);
    this.head = head as Head;
    this.criteria = criteria as readonly Criterion[];
  }

  score(crJson: unknown): Score {
    const globals = { ...this.head.variables, $expected_spec_version: '2.4' };
    const functions: Record<string, CustomFunction> = {};
    const search = (expression: string, args: readonly unknown[]): unknown =>
      new JsonFormula(functions).search(expression, crJson, { ...globals, $args: args });
    for (const [name, expression] of Object.entries(this.head.expressions)) {
      functions[name] = { _func: (args) => search(expression, args), _signature: ANY_COUNT };
    }
    const holds = ({ expression, failIfMatched, warnIfMatched }: Criterion): boolean => {
      const found = search(expression, []);
      return failIfMatched || warnIfMatched ? !matches(found) : found === true;
    };
    return {
      passed: this.criteria.filter(holds).map(({ id }) => id),
      failed: this.criteria.filter((each) => !holds(each)).map(({ id }) => id),
    };
  }
}

/** A match is anything but nothing: an empty list, null and false are nothing. */
function matches(found: unknown): boolean {
  return Array.isArray(found) ? found.length > 0 : found !== null && found !== undefined && found !== false;
}
