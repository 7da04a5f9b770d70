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
  return encoder.encode(canonicalJson(value));
}

const encoder = new TextEncoder();
/** Printable ASCII that JSON writes as it stands: nearly all that is written here. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** `path`: the objects that are being written, the outermost first. */
function write(value: unknown, path: object[]): string {
  if (typeof value === 'string') return writeString(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value !== 'object') throw new TypeError(`JSON cannot say ${typeof value === 'number' ? String(value) : typeof value}`);
  if (path.includes(value)) throw new TypeError('JSON cannot say a circle');
  path.push(value);
  const text = Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
  path.pop();
  return text;
}

// texts are added up in loops: every entry of the ledger comes through here, and lists of pieces to join cost twice as much
function writeArray(value: readonly unknown[], path: object[]): string {
  let text = '';
  for (let at = 0; at < value.length; at += 1) text += `${at === 0 ? '' : ','}${write(value[at], path)}`;
  return `[${text}]`;
}

function writeObject(value: object, path: object[]): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('JSON cannot say an instance of a class');
  let text = '';
  // the default order of sort() is by UTF-16 code units, which is what RFC 8785 asks for
  for (const name of Object.keys(value).sort()) {
    text += `${text === '' ? '' : ','}${writeString(name)}:${write((value as Readonly<Record<string, unknown>>)[name], path)}`;
  }
  return `{${text}}`;
}

function writeString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('JSON cannot say a lone surrogate');
  return JSON.stringify(text);
}
