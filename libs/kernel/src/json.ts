export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * RFC 8785 (JCS) text of `value`. Throws TypeError on whatever JSON cannot say, instead of leaving it out: undefined, NaN, a lone
 * surrogate, a circle. Our own, because the kept library (`canonicalize`, the tests' oracle) has no form that a CommonJS build can load.
 */
export function canonicalJson(value: Json): string {
  return write(value, []);
}

/** RFC 8785 bytes (UTF-8) of `value`. */
export function canonicalBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

function write(value: unknown, above: readonly object[]): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot say ${typeof value === 'number' ? String(value) : typeof value}`);
  if (above.includes(value)) throw new TypeError('JSON cannot say a circle');
  const path = [...above, value];
  if (Array.isArray(value)) return `[${Array.from(value as unknown[], (each) => write(each, path)).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('JSON cannot say an instance of a class');
  const members = value as Readonly<Record<string, unknown>>;
  // the default order of sort() is by UTF-16 code units, which is what RFC 8785 asks for
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${writeString(name)}:${write(members[name], path)}`).join(',')}}`;
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('JSON cannot say a lone surrogate');
  return JSON.stringify(text);
}
