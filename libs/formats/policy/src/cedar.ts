/**
 * The Cedar engine as this format needs it. It is handed in, because the engine reads its WebAssembly from disk when it is loaded:
 * Node passes `@cedar-policy/cedar-wasm/nodejs`, a browser `@cedar-policy/cedar-wasm/web`. Only types are imported here.
 */
export type Cedar = Pick<
  typeof import('@cedar-policy/cedar-wasm/nodejs'),
  | 'policySetTextToParts'
  | 'policyToJson'
  | 'validate'
  | 'preparsePolicySet'
  | 'preparseSchema'
  | 'schemaToJsonWithResolvedTypes'
  | 'statefulIsAuthorized'
>;

/** What turns Cedar's JSON form back into text. */
export type CedarPrinter = Pick<typeof import('@cedar-policy/cedar-wasm/nodejs'), 'policyToText'>;

/** Cedar's namespace for everything of ours: `Imprimatur::Action::"EditTurn"`. */
export const NAMESPACE = 'Imprimatur';

/** A Cedar entity reference in our namespace. */
export function entity(type: 'User' | 'Role' | 'Action' | 'Work', id: string): { type: string; id: string } {
  return { type: `${NAMESPACE}::${type}`, id };
}

/** Why the engine did not succeed, in its own words. */
export function engineErrors(errors: readonly { message: string; help: string | null }[]): string {
  return errors.map(({ message, help }) => (help === null ? message : `${message} (${help})`)).join('; ');
}

/** Where the first of `errors` points to: a UTF-8 byte of the text that the engine was given; 0 when it does not say. */
export function firstByteOf(errors: readonly { sourceLocations?: readonly { start: number }[] | null }[]): number {
  return errors.flatMap(({ sourceLocations }) => (sourceLocations ?? []).map(({ start }) => start))[0] ?? 0;
}
