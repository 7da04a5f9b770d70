const DATASETS: Readonly<Record<number, string>> = { 80: 'creator', 110: 'credit', 116: 'copyright', 120: 'description' };
const RESOURCE_IPTC = 0x0404;

/**
 * The application record of IPTC-IIM by name, from a Photoshop resource block (`8BIM`) or from bare datasets. Never throws: what is cut short
 * ends the reading. Repeated datasets (several creators) are joined by a comma.
 */
export function readIptc(block: Uint8Array): Readonly<Record<string, string>> {
  const bytes = datasetsIn(block);
  const found = new Map<string, string[]>();
  let decoder = new TextDecoder('latin1');
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === 0x1c;) {
    const [, record = 0, dataset = 0, high = 0, low = 0] = bytes.subarray(at, at + 5);
    const length = (high << 8) | low;
    // an extended length: nothing that we read is longer than 32 kB
    if (length > 0x7fff) break;
    const value = bytes.subarray(at + 5, at + 5 + length);
    const name = record === 2 ? DATASETS[dataset] : undefined;
    if (record === 1 && dataset === 90 && isUtf8Mark(value)) decoder = new TextDecoder('utf-8');
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), decoder.decode(value)]);
    at += 5 + length;
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, values.join(', ')]));
}

/** ESC % G. */
function isUtf8Mark(value: Uint8Array): boolean {
  return value[0] === 0x1b && value[1] === 0x25 && value[2] === 0x47;
}

function datasetsIn(block: Uint8Array): Uint8Array {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let at = String.fromCharCode(...block.subarray(0, 14)) === 'Photoshop 3.0\0' ? 14 : 0;
  while (at + 12 <= block.length && String.fromCharCode(...block.subarray(at, at + 4)) === '8BIM') {
    const id = view.getUint16(at + 4);
    // a Pascal string, padded to an even length, with its length byte
    const nameLength = ((block[at + 6] ?? 0) + 2) & ~1;
    const sizeAt = at + 6 + nameLength;
    if (sizeAt + 4 > block.length) break;
    const size = view.getUint32(sizeAt);
    if (id === RESOURCE_IPTC) return block.subarray(sizeAt + 4, sizeAt + 4 + size);
    at = sizeAt + 4 + size + (size % 2);
  }
  return block[0] === 0x1c ? block : new Uint8Array();
}
