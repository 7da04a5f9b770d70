const TAG_TABLE_AT = 128;
const TAGS_MAX = 200;
const NAME_CHARS_MAX = 120;

/** The description inside an ICC profile (version 2 `desc` or version 4 `mluc`); 'unnamed' when there is none that can be read. */
export function colourProfileName(icc: Uint8Array): string {
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  try {
    const count = Math.min(view.getUint32(TAG_TABLE_AT), TAGS_MAX);
    for (let index = 0; index < count; index += 1) {
      const tag = TAG_TABLE_AT + 4 + index * 12;
      if (ascii(icc, tag, 4) === 'desc') return readDescription(icc, view, view.getUint32(tag + 4)) || 'unnamed';
    }
  } catch (error) {
    // a profile cut short; sharp ignores it as well
    if (!(error instanceof RangeError)) throw error;
  }
  return 'unnamed';
}

function readDescription(icc: Uint8Array, view: DataView, at: number): string {
  if (ascii(icc, at, 4) === 'mluc') {
    const length = Math.min(view.getUint32(at + 20), NAME_CHARS_MAX * 2);
    const from = at + view.getUint32(at + 24);
    return new TextDecoder('utf-16be').decode(icc.subarray(from, from + length)).replace(/\0.*$/s, '');
  }
  return ascii(icc, at + 12, Math.min(view.getUint32(at + 8), NAME_CHARS_MAX)).replace(/\0.*$/s, '');
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length)).replace(/[^\x20-\x7e\0]/g, '?');
}
