import { fromHex } from '@imprimatur/kernel';

const HEX = /^([0-9a-f]{2})*$/i;

/** What a client wrote in hexadecimal. What is none becomes empty bytes, which whoever wants a digest refuses in words of its own. */
export function bytesOfHex(text: string): Uint8Array {
  return HEX.test(text) ? fromHex(text.toLowerCase()) : new Uint8Array();
}
