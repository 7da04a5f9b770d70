import { engineErrors, NAMESPACE, type Cedar } from './cedar.js';
import { FACT_PATHS, QUESTIONS, type Question } from './question.js';

/** The facts that a bundle's schema declares for each question: their first names, `scores` and not `scores.promptMax`. */
export type DeclaredFacts = Readonly<Record<Question, ReadonlySet<string>>>;

/** What the bundle itself adds to every context. */
const GIVEN: readonly string[] = ['threshold', 'list'];
const KNOWN: ReadonlySet<string> = new Set([...FACT_PATHS.map((path) => path.split('.')[0] ?? path), ...GIVEN]);

interface JsonType {
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

interface JsonNamespace {
  readonly commonTypes?: Readonly<Record<string, JsonType>>;
  readonly actions?: Readonly<Record<string, { readonly appliesTo?: { readonly context?: JsonType } }>>;
}

/**
 * Reads them. A bundle is asked with the facts that its schema declares and with no others, so that a fact which the service learns to
 * find later does not stop the bundles that were written before it. Throws for a schema that cannot be read.
 */
export function declaredFacts(schema: string, cedar: Cedar): DeclaredFacts {
  const answer = cedar.schemaToJsonWithResolvedTypes(schema);
  if (answer.type === 'failure') throw new Error(engineErrors(answer.errors));
  const { commonTypes = {}, actions = {} } = (answer.json as unknown as Record<string, JsonNamespace>)[NAMESPACE] ?? {};
  const factsOf = (question: Question): ReadonlySet<string> => {
    const context = actions[question]?.appliesTo?.context;
    const named = context?.attributes === undefined ? commonTypes[context?.type?.replace(`${NAMESPACE}::`, '') ?? ''] : context;
    return new Set(Object.keys(named?.attributes ?? {}));
  };
  return { EditTurn: factsOf('EditTurn'), AutoRelease: factsOf('AutoRelease'), Export: factsOf('Export') };
}

/** Whether the bundle is asked with the fact of this name. What is no fact at all is handed on, for the engine to hold. */
export function isAsked(declared: DeclaredFacts, question: Question, name: string): boolean {
  return declared[question].has(name) || !KNOWN.has(name);
}

/** What the schema declares and nobody finds, by question: `EditTurn: context.colour`. */
export function strangersIn(declared: DeclaredFacts): readonly string[] {
  return QUESTIONS.flatMap((question) =>
    [...declared[question]].filter((name) => !KNOWN.has(name)).map((name) => `${question}: context.${name}`),
  );
}
