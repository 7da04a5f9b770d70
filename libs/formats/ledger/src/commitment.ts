import { assert, canonicalBytes, concatBytes, type HmacSha256, type JsonObject, toBase64Url, utf8 } from '@imprimatur/kernel';

export const SALT_BYTES = 32;
const NUL = Uint8Array.of(0);
const LABEL = utf8('imprimatur/part/v1');

/** What a part may be: text, bytes (of a picture: its SHA-256), or JSON, which is taken as canonical bytes. */
export type PartValue = string | Uint8Array | JsonObject;

/** The bytes that a commitment is made over. */
export function partBytes(value: PartValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? utf8(value) : canonicalBytes(value);
}

/**
 * Commitment v1: base64url HMAC-SHA256 under the salt (exactly 32 random bytes) of label, entry id, part name and bytes, divided by zero
 * bytes. Whoever has salt and bytes can check it; without the salt nothing can be guessed from it.
 */
export function commitment(hmac: HmacSha256, salt: Uint8Array, entryId: string, part: string, bytes: Uint8Array): string {
  assert(salt.length === SALT_BYTES, 'a salt has 32 bytes');
  return toBase64Url(hmac(salt, concatBytes(LABEL, NUL, utf8(entryId), NUL, utf8(part), NUL, bytes)));
}

/** Associated data of a sealed part: a part cannot be moved to another tenant, entry or name. */
export function partAssociatedData(tenant: string, entryId: string, part: string): Uint8Array {
  return concatBytes(LABEL, NUL, utf8(tenant), NUL, utf8(entryId), NUL, utf8(part));
}
