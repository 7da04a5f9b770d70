import { type LogSource, readBundle, readTile } from '@imprimatur/formats/ledger';
import { decodeBundle, type HashSource, hashSourceOf, nodesRead, TILE_WIDTH } from '@imprimatur/formats/merkle';
import { sha256 } from '../node.digests.js';
import { UsageError } from '../usage.error.js';

const TILE_HEIGHT = 8;

/** What `make` makes of the nodes of a log of `size` entries, whose tiles are fetched first. Throws UsageError for a tile that is missing. */
export async function proofFrom(
  source: LogSource,
  size: number,
  make: (get: HashSource) => readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const tiles = new Map<string, Uint8Array>();
  for (const node of nodesRead(make)) {
    const level = Math.floor(node.level / TILE_HEIGHT);
    const at = Math.floor((node.index * 2 ** (node.level % TILE_HEIGHT)) / TILE_WIDTH);
    if (tiles.has(`${level}/${at}`)) continue;
    const width = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - at * TILE_WIDTH);
    const { hashes } = await readTile(source, { level, index: at, width });
    if (!hashes) throw new UsageError(`tile ${level}/${at} of the log is missing`);
    tiles.set(`${level}/${at}`, hashes);
  }
  return make(hashSourceOf(sha256, (level, at) => tiles.get(`${level}/${at}`) ?? new Uint8Array(0)));
}

/** The exact bytes of the entries of bundle `index` of a log of `size`. Throws UsageError where it is missing or unreadable. */
export async function entriesOf(source: LogSource, size: number, index: number): Promise<readonly Uint8Array[]> {
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  const bundle = await readBundle(source, { index, width });
  const entries = bundle && decodeBundle(bundle.bytes);
  if (!entries) throw new UsageError(`bundle ${index} of the log is ${bundle ? 'not readable' : 'missing'}`);
  return entries.slice(0, width);
}
