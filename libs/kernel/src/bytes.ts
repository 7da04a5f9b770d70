import { base64, base64urlnopad, hex } from '@scure/base';

/** SHA-256 handed in by the caller: Node passes `crypto.hash`, the browser `@noble/hashes`. 32 bytes out. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;
/** HMAC-SHA256 handed in likewise. */
export type HmacSha256 = (key: Uint8Array, message: Uint8Array) => Uint8Array;

export const toHex = (bytes: Uint8Array): string => hex.encode(bytes);
export const fromHex = (text: string): Uint8Array => hex.decode(text);
/** Standard base64 with padding. */
export const toBase64 = (bytes: Uint8Array): string => base64.encode(bytes);
export const fromBase64 = (text: string): Uint8Array => base64.decode(text);
/** base64url without padding. */
export const toBase64Url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);
export const fromBase64Url = (text: string): Uint8Array => base64urlnopad.decode(text);
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Same length and same bytes. Not constant-time: never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
