import { type BundleRef, bundlePath, HASH_BYTES, TILE_WIDTH, tilePath, type TileRef } from '@imprimatur/formats/merkle';

/**
 * The files of a log at their C2SP paths: `checkpoint`, `log.vkey`, `tile/...`. Null: no such file. It may throw when it cannot know, which
 * ends the walk. The bytes it answers are the walker's to write into while it hashes them; it puts back what was there.
 */
export type LogSource = (path: string) => Promise<Uint8Array | null>;

/** A tile as it is served: its hashes, 32 bytes each; `why` says why there are none. */
export type ReadTile = { readonly hashes: Uint8Array } | { readonly hashes: null; readonly why: 'missing' | 'unreadable' };

/** A partial tile may have given way to the full one, when the log has grown. */
export async function readTile(source: LogSource, tile: TileRef): Promise<ReadTile> {
  const length = tile.width * HASH_BYTES;
  const own = await source(tilePath(tile));
  if (own) return own.length === length ? { hashes: own } : { hashes: null, why: 'unreadable' };
  const full = tile.width < TILE_WIDTH ? await source(tilePath({ ...tile, width: TILE_WIDTH })) : null;
  if (!full) return { hashes: null, why: 'missing' };
  return full.length === TILE_WIDTH * HASH_BYTES ? { hashes: full.subarray(0, length) } : { hashes: null, why: 'unreadable' };
}

/** The same for a bundle; `isLonger`: it is the full one, and holds more entries than were asked for. */
export async function readBundle(source: LogSource, bundle: BundleRef): Promise<{ bytes: Uint8Array; isLonger: boolean } | null> {
  const own = await source(bundlePath(bundle));
  if (own) return { bytes: own, isLonger: false };
  const full = bundle.width < TILE_WIDTH ? await source(bundlePath({ ...bundle, width: TILE_WIDTH })) : null;
  return full && { bytes: full, isLonger: true };
}
