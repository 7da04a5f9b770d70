import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  GraphQLError,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { PAGE_SIZE_MAX } from './relay.connection.js';

/** Published limits: refused before anything runs, over HTTP and over the socket alike. */
export const COST_MAX = 5_000;
export const DEPTH_MAX = 10;
export const ALIASES_MAX = 30;
export const TOKENS_MAX = 2_000;
/** What a list without `first` is taken to hold. */
const LIST_LENGTH = 5;

export interface Weighing {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Weight {
  readonly cost: number;
  readonly depth: number;
}

function refused(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

/** The operation's cost in points. Throws the limit that it breaks, as a GraphQLError with status 400. The document is valid. */
export function weigh(weighing: Weighing): number {
  const aliases = countAliases(weighing.document);
  if (aliases > ALIASES_MAX) throw refused('TOO_MANY_ALIASES', `${aliases} aliases; at most ${ALIASES_MAX} are accepted`);
  const roots = rootFields(weighing);
  if (weighing.operation.operation === OperationTypeNode.MUTATION && roots.length > 1) {
    throw refused('ONE_MUTATION_PER_REQUEST', 'a request carries one mutation');
  }
  const { cost, depth } = new Scale(weighing).ofOperation();
  if (depth > DEPTH_MAX) throw refused('QUERY_TOO_DEEP', `fields nest ${depth} deep; at most ${DEPTH_MAX} are accepted`);
  if (cost > COST_MAX) throw refused('QUERY_TOO_COSTLY', `the request costs ${cost} points; at most ${COST_MAX} are accepted`);
  return Math.max(1, cost);
}

/** Names of the fields at the root, through fragments, without `__typename`; with repetitions for aliases. */
export function rootFields({ document, operation }: Pick<Weighing, 'document' | 'operation'>): readonly string[] {
  const fragments = fragmentsOf(document);
  const found = new Map<string, string>();
  const entered = new Set<string>();
  const enter = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value !== '__typename') found.set(selection.alias?.value ?? selection.name.value, selection.name.value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) enter(selection.selectionSet);
      else if (!entered.has(selection.name.value)) {
        entered.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) enter(fragment.selectionSet);
      }
    }
  };
  enter(operation.selectionSet);
  return [...found.values()];
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function countAliases(document: DocumentNode): number {
  let aliases = 0;
  visit(document, {
    Field(field) {
      if (field.alias) aliases += 1;
    },
  });
  return aliases;
}

/** Weighs selection sets; a fragment is weighed once however often it is spread, so that a bomb of fragments is no work. */
class Scale {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly weighed = new Map<string, Weight>();

  constructor(private readonly weighing: Weighing) {
    this.fragments = fragmentsOf(weighing.document);
  }

  ofOperation(): Weight {
    const { schema, operation } = this.weighing;
    const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[
      operation.operation
    ];
    return this.ofSet(operation.selectionSet, root?.name ?? '');
  }

  private ofSet(set: SelectionSetNode, typeName: string): Weight {
    return set.selections
      .map((selection) => this.ofSelection(selection, typeName))
      .reduce((sum, weight) => ({ cost: sum.cost + weight.cost, depth: Math.max(sum.depth, weight.depth) }), { cost: 0, depth: 0 });
  }

  private ofSelection(selection: SelectionNode, typeName: string): Weight {
    if (selection.kind === Kind.FIELD) return this.ofField(selection, typeName);
    const on = (condition: NamedTypeNode | undefined): string => condition?.name.value ?? typeName;
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.ofSet(selection.selectionSet, on(selection.typeCondition));
    const name = selection.name.value;
    const known = this.weighed.get(name);
    if (known) return known;
    const fragment = this.fragments.get(name);
    const weight = fragment ? this.ofSet(fragment.selectionSet, on(fragment.typeCondition)) : { cost: 0, depth: 0 };
    this.weighed.set(name, weight);
    return weight;
  }

  /** Scalars are free: the token limit bounds them. Introspection has a rule of its own in GraphQL, and is off in production. */
  private ofField(node: FieldNode, typeName: string): Weight {
    const name = node.name.value;
    if (name.startsWith('__')) return { cost: 0, depth: 0 };
    const type = this.weighing.schema.getType(typeName);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const below = field && node.selectionSet ? this.ofSet(node.selectionSet, getNamedType(field.type).name) : { cost: 0, depth: 0 };
    if (!field) return { cost: below.cost, depth: below.depth + 1 };
    const own = pointsOf(field) ?? (isCompositeType(getNamedType(field.type)) ? 1 : 0);
    return { cost: this.lengthOf(node, field, typeName) * (own + below.cost), depth: below.depth + 1 };
  }

  /** How many objects the field may bring. `edges` brings no more than the `first` of its connection, which is counted there. */
  private lengthOf(node: FieldNode, field: GraphQLField<unknown, unknown>, typeName: string): number {
    const paged = field.args.find((argument) => argument.name === 'first');
    if (paged) return this.firstOf(node, paged.defaultValue);
    const isList = isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type));
    return isList && !typeName.endsWith('Connection') ? LIST_LENGTH : 1;
  }

  private firstOf(node: FieldNode, byDefault: unknown): number {
    const given = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
    let first: unknown = byDefault;
    if (given?.kind === Kind.INT) first = Number(given.value);
    else if (given?.kind === Kind.VARIABLE) first = this.variable(given.name.value) ?? byDefault;
    if (typeof first !== 'number' || !Number.isInteger(first)) return PAGE_SIZE_MAX;
    if (first < 1 || first > PAGE_SIZE_MAX) throw refused('PAGE_SIZE_INVALID', `first must be 1 to ${PAGE_SIZE_MAX}`);
    return first;
  }

  private variable(name: string): unknown {
    const given = this.weighing.variables[name];
    if (given !== undefined) return given;
    const definition = this.weighing.operation.variableDefinitions?.find((variable) => variable.variable.name.value === name);
    return definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined;
  }
}

/** The field's `@cost(points:)`. */
function pointsOf(field: GraphQLField<unknown, unknown>): number | null {
  const cost = field.astNode?.directives?.find((directive) => directive.name.value === 'cost');
  const points = cost?.arguments?.find((argument) => argument.name.value === 'points')?.value;
  return points?.kind === Kind.INT ? Number(points.value) : null;
}
