/** The line (from 1) on which the `offset`th UTF-8 byte of `text` stands: Cedar counts bytes. */
export function lineAtByte(text: string, offset: number): number {
  let line = 1;
  let bytes = 0;
  for (const character of text) {
    if (bytes >= offset) break;
    if (character === '\n') line += 1;
    bytes += bytesOf(character.codePointAt(0) ?? 0);
  }
  return line;
}

/** The line (from 1) on which the `offset`th UTF-16 code unit of `text` stands. */
export function lineAtUnit(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function bytesOf(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}
