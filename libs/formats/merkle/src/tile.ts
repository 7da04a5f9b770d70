import { assert, concatBytes, type Sha256 } from '@imprimatur/kernel';
import { HASH_BYTES, nodeHash } from './hash.js';
import type { HashSource } from './proof.js';

/** Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const ENTRY_BYTES_MAX = 65_535;
const NOTHING = new Uint8Array(0);

/** A tile by its place: `level` counts tiles, each 8 levels of the tree high; `width` is 1 to 256 hashes. */
export interface TileRef {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

export interface BundleRef {
  readonly index: number;
  /** Number of entries, 1 to 256. */
  readonly width: number;
}

/** `tile/0/x001/234.p/56`, as tlog-tiles writes it. */
export function tilePath({ level, index, width }: TileRef): string {
  return `tile/${level}/${pathOfIndex(index)}${partial(width)}`;
}

/** `tile/entries/000.p/7`. */
export function bundlePath({ index, width }: BundleRef): string {
  return `tile/entries/${pathOfIndex(index)}${partial(width)}`;
}

/** The inverse of both paths; null for anything that they would not write. */
export function parseTilePath(path: string): ({ readonly kind: 'tile' } & TileRef) | ({ readonly kind: 'entries' } & BundleRef) | null {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (!match) return null;
  const [, place = '', digits = '', partialWidth] = match;
  const index = Number(digits.replaceAll(/[x/]/g, ''));
  const width = partialWidth === undefined ? TILE_WIDTH : Number(partialWidth);
  if (!Number.isSafeInteger(index) || width > TILE_WIDTH || (partialWidth !== undefined && width === TILE_WIDTH)) return null;
  if (pathOfIndex(index) !== digits) return null;
  if (place === 'entries') return { kind: 'entries', index, width };
  const level = Number(place);
  return level < TILE_HEIGHT ? { kind: 'tile', level, index, width } : null;
}

/** Every tile of a log of `size` entries, lowest level first; only the last of each level is partial. */
export function tilesOf(size: number): readonly TileRef[] {
  const tiles: TileRef[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    for (let index = 0; index * TILE_WIDTH < count; index += 1)
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) });
  }
  return tiles;
}

/** Every bundle of a log of `size` entries. */
export function bundlesOf(size: number): readonly BundleRef[] {
  return tilesOf(size)
    .filter(({ level }) => level === 0)
    .map(({ index, width }) => ({ index, width }));
}

/** Each entry: its length as two bytes, big endian, then its bytes. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...entries.flatMap((entry) => {
      assert(entry.length <= ENTRY_BYTES_MAX, 'an entry is at most 65,535 bytes');
      return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry];
    }),
  );
}

/** Null for bytes that are no whole number of entries. */
export function decodeBundle(bundle: Uint8Array): readonly Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const high = bundle[at];
    const low = bundle[at + 1];
    if (high === undefined || low === undefined) return null;
    const end = at + 2 + high * 256 + low;
    if (end > bundle.length) return null;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** Perfect subtrees read from tiles: `tile(level, index)` answers at least as many hashes as the log has there. */
export function hashSourceOf(sha256: Sha256, tile: (level: number, index: number) => Uint8Array): HashSource {
  return (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const above = level - tileLevel * TILE_HEIGHT;
    const width = 2 ** above;
    const first = index * width;
    const bytes = tile(tileLevel, Math.floor(first / TILE_WIDTH));
    const start = (first % TILE_WIDTH) * HASH_BYTES;
    const hashes = Array.from({ length: width }, (_, at) => bytes.subarray(start + at * HASH_BYTES, start + (at + 1) * HASH_BYTES));
    // each row of parents takes the place of the first half of its children
    for (let count = width; count > 1; count /= 2) {
      for (let at = 0; at < count; at += 2) hashes[at / 2] = nodeHash(sha256, hashes[at] ?? NOTHING, hashes[at + 1] ?? NOTHING);
    }
    return hashes[0] ?? NOTHING;
  };
}

function pathOfIndex(index: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

const partial = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`);
