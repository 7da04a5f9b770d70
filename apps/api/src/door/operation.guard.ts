import { allow, scopesReach } from '@imprimatur/domain/identity';
import { Fault, forbidden, type Forbidden } from '@imprimatur/kernel';
import { defaultFieldResolver, GraphQLError, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { contextOf, type DoorContext } from './door.types.js';
import { type OperationMark, readOperationMarks, rootTypes } from './operation.marks.js';
import { refusedPayload } from './refusal.payload.js';

export function unauthenticatedError(): GraphQLError {
  return new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
}

export function forbiddenError(refusal: Forbidden): GraphQLError {
  return new GraphQLError(refusal.message, { extensions: { code: refusal.code, remedy: refusal.remedy, http: { status: 403 } } });
}

/** Null when the caller may use the operation. Throws UNAUTHENTICATED when nobody is signed in and somebody must be. */
export function refusalOf(mark: OperationMark, door: DoorContext): Forbidden | null {
  if (mark.needs === null) return null;
  const context = contextOf(door);
  if (!context) throw unauthenticatedError();
  const { action, subject } = mark.needs;
  if (scopesReach(door.principal?.scopes ?? null, action, subject)) return allow(context, action, subject);
  return forbidden(`${mark.name} with this key`, `Use a key with the scope ${action}:${subject}.`);
}

/** Throws what keeps the caller from an operation; one that can answer refusals is let through, and answers with it. */
export function assertMayBegin(mark: OperationMark, door: DoorContext): void {
  const refusal = refusalOf(mark, door);
  if (refusal && !mark.answersRefusals) throw forbiddenError(refusal);
}

/**
 * Puts the guard in front of every operation's resolver, whatever transport or code path calls it. Fails, and so keeps the service
 * from starting, when an operation is unmarked or has no resolver.
 */
export function guardOperations(schema: GraphQLSchema): GraphQLSchema {
  const marks = readOperationMarks(schema);
  assertResolved(schema);
  for (const { kind, type } of rootTypes(schema)) {
    for (const field of Object.values(type.getFields())) {
      const mark = marks.get(`${kind}.${field.name}`);
      if (!mark) continue;
      if (kind === 'subscription') field.subscribe = guarded(mark, field.subscribe ?? defaultFieldResolver);
      else field.resolve = guarded(mark, field.resolve ?? defaultFieldResolver);
    }
  }
  return schema;
}

function assertResolved(schema: GraphQLSchema): void {
  const missing = rootTypes(schema).flatMap(({ kind, type }) =>
    Object.values(type.getFields())
      .filter((field) => (kind === 'subscription' ? field.subscribe : field.resolve) === undefined)
      .map((field) => `${type.name}.${field.name}`),
  );
  if (missing.length === 0) return;
  const message = `These operations stand in a .graphql file and in no resolver (is its module imported by ApiModule?):\n  ${missing.join('\n  ')}`;
  throw new Fault({ room: 'door', code: 'OPERATION_UNRESOLVED', message, safe: true });
}

type Resolve = GraphQLFieldResolver<unknown, DoorContext>;

function guarded(mark: OperationMark, resolve: Resolve): Resolve {
  return (source, args, door, info) => {
    const refusal = refusalOf(mark, door);
    if (!refusal) return resolve(source, args, door, info);
    if (mark.answersRefusals) return refusedPayload(refusal);
    throw forbiddenError(refusal);
  };
}
