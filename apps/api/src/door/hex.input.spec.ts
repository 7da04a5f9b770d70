import { bytesOfHex } from './hex.input.js';

it.each([
  ['00ff', [0, 255]],
  ['00FF', [0, 255]],
  ['', []],
  ['0', []],
  ['zz', []],
])('reads %j', (text, bytes) => expect([...bytesOfHex(text)]).toEqual(bytes));
