import type { Refusal, Result } from '@imprimatur/kernel';
import { GraphQLError } from 'graphql';

export interface RefusedPayload extends Refusal {
  readonly __typename: string;
}

/** A refusal as a member of a result union. */
export function refusedPayload(refusal: Refusal): RefusedPayload {
  return { __typename: 'Refused', code: refusal.code, message: refusal.message, remedy: refusal.remedy };
}

/**
 * A service's answer as a member of an operation's result union: `typename` with what `toFields` makes of the value, or the refusal.
 * A refusal whose fields help the client gets a GraphQL type of its own through `refusals`, by code; all others are `Refused`.
 */
export async function payloadOf<T, P extends object, R extends Refusal>(
  result: Result<T, R>,
  typename: string,
  toFields: (value: T) => P | Promise<P>,
  refusals: Readonly<Partial<Record<string, (refusal: R) => { readonly __typename: string }>>> = {},
): Promise<(P & { readonly __typename: string }) | RefusedPayload> {
  if (result.ok) return { ...(await toFields(result.value)), __typename: typename };
  return { ...refusedPayload(result.refusal), ...refusals[result.refusal.code]?.(result.refusal) };
}

/** For nullable fields: what is not there and what is not the caller's to see are both null; any other refusal is an error. */
export function valueOrNull<T>(result: Result<T>): T | null {
  if (result.ok) return result.value;
  if (result.refusal.code === 'NOT_FOUND' || result.refusal.code === 'FORBIDDEN') return null;
  throw refusalError(result.refusal);
}

/** For non-null fields: a refusal is an error with its code. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw refusalError(result.refusal);
}

function refusalError(refusal: Refusal): GraphQLError {
  return new GraphQLError(refusal.message, { extensions: { code: refusal.code, remedy: refusal.remedy } });
}
