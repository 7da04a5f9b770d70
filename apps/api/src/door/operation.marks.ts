import { type Action, isAction, isSubjectType, type SubjectType } from '@imprimatur/domain/identity';
import { Fault } from '@imprimatur/kernel';
import {
  type ConstDirectiveNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isUnionType,
  Kind,
} from 'graphql';
import type { DoorContext } from './door.types.js';

export type OperationKind = 'query' | 'mutation' | 'subscription';

/** What the SDL says about one operation. */
export interface OperationMark {
  readonly name: string;
  readonly kind: OperationKind;
  /** Null: `@public`. */
  readonly needs: { readonly action: Action; readonly subject: SubjectType } | null;
  /** Whether a refusal can be a member of the answer's union. */
  readonly answersRefusals: boolean;
}

/** Marks by `query.asset`. */
export type OperationMarks = ReadonlyMap<string, OperationMark>;

type OperationField = GraphQLField<unknown, DoorContext>;

export function rootTypes(schema: GraphQLSchema): readonly { readonly kind: OperationKind; readonly type: GraphQLObjectType }[] {
  const roots = [
    { kind: 'query' as const, type: schema.getQueryType() },
    { kind: 'mutation' as const, type: schema.getMutationType() },
    { kind: 'subscription' as const, type: schema.getSubscriptionType() },
  ];
  return roots.flatMap(({ kind, type }) => (type ? [{ kind, type }] : []));
}

/** Reads the marks of every operation. Throws Fault OPERATION_UNMARKED, naming each that is unmarked or marked wrongly: no boot. */
export function readOperationMarks(schema: GraphQLSchema): OperationMarks {
  const marks = new Map<string, OperationMark>();
  const wrong: string[] = [];
  for (const { kind, type } of rootTypes(schema)) {
    for (const field of Object.values<OperationField>(type.getFields())) {
      const needs = needsOf(field);
      if (typeof needs === 'string') wrong.push(`${type.name}.${field.name} ${needs}`);
      else marks.set(`${kind}.${field.name}`, { name: field.name, kind, needs, answersRefusals: answersRefusals(field) });
    }
  }
  if (wrong.length > 0) {
    const message = `Every operation says who may do it; mark these with @can(action:, subject:) or @public:\n  ${wrong.join('\n  ')}`;
    throw new Fault({ room: 'door', code: 'OPERATION_UNMARKED', message, safe: true });
  }
  return marks;
}

/** What the field's mark demands, or what is wrong with it. */
function needsOf(field: OperationField): OperationMark['needs'] | string {
  const directives = field.astNode?.directives ?? [];
  const can = directives.find((directive) => directive.name.value === 'can');
  const isPublic = directives.some((directive) => directive.name.value === 'public');
  if (can && isPublic) return 'has both @can and @public';
  if (isPublic) return null;
  if (!can) return 'has neither @can nor @public';
  const action = textOf(can, 'action');
  const subject = textOf(can, 'subject');
  if (!isAction(action)) return `names the unknown action "${action}"`;
  return isSubjectType(subject) ? { action, subject } : `names the unknown subject "${subject}"`;
}

function textOf(directive: ConstDirectiveNode, name: string): string {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}

function answersRefusals(field: OperationField): boolean {
  const type = getNamedType(field.type);
  return isUnionType(type) && type.getTypes().some((member) => member.name === 'Refused');
}
