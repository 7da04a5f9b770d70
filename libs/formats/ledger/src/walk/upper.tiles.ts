import { HASH_BYTES, TILE_WIDTH, tilePath, type TileRef } from '@imprimatur/formats/merkle';
import { isHash } from './bundle.check.js';
import type { Finding } from './finding.js';
import { type LogSource, readTile } from './log.source.js';
import { inconsistentTile, missingTile } from './segment.js';
import type { TreeHasher } from './tree.hasher.js';

interface Row {
  index: number;
  count: number;
  readonly hashes: Uint8Array;
}

/** Where a tile says something else than the tree of the entries. */
interface Difference {
  readonly tile: TileRef;
  readonly positions: readonly number[];
}

/** The tiles above the leaves, rebuilt from the roots of the full bundles, one unfinished tile for each level. */
export class UpperTiles {
  readonly findings: Finding[] = [];
  private readonly rows: Row[] = [];
  private readonly differences: Difference[] = [];

  constructor(
    private readonly source: LogSource,
    private readonly hasher: TreeHasher,
    private readonly empty: Uint8Array,
  ) {}

  /** The root of the next full tile of the level below. */
  async push(hash: Uint8Array, level = 1): Promise<void> {
    const row = (this.rows[level - 1] ??= { index: 0, count: 0, hashes: new Uint8Array(TILE_WIDTH * HASH_BYTES) });
    row.hashes.set(hash, row.count * HASH_BYTES);
    row.count += 1;
    if (row.count < TILE_WIDTH) return;
    await this.compare(level, row);
    const root = this.hasher.root(row.hashes, TILE_WIDTH, null);
    row.index += 1;
    row.count = 0;
    await this.push(root, level + 1);
  }

  /** Root of everything pushed so far and of these leaves behind it. */
  root(leaves: Uint8Array): Uint8Array {
    const count = leaves.length / HASH_BYTES;
    let root = count > 0 ? this.hasher.root(leaves, count, null) : null;
    for (const row of this.rows) if (row.count > 0) root = this.hasher.root(row.hashes, row.count, root);
    return root ?? this.empty;
  }

  /** Compares the unfinished tiles as well: the log ends here. */
  async finish(): Promise<void> {
    for (const [at, row] of this.rows.entries()) if (row.count > 0) await this.compare(at + 1, row);
  }

  /**
   * What the differences mean. With the right root the tree of the entries is the signed one and the tile is wrong; else the tile is what an
   * older truth left behind, and the tile below it was changed.
   */
  judge(isRootRight: boolean): readonly Finding[] {
    if (isRootRight) return this.differences.map(({ tile }) => inconsistentTile(tilePath(tile)));
    const known = new Set(this.differences.map(({ tile }) => `${tile.level}/${tile.index}`));
    return this.differences.flatMap(({ tile, positions }) =>
      positions
        .map((position) => ({ level: tile.level - 1, index: tile.index * TILE_WIDTH + position, width: TILE_WIDTH }))
        .filter(({ level, index }) => !known.has(`${level}/${index}`))
        .map((child) => inconsistentTile(tilePath(child), child.index * TILE_WIDTH ** (child.level + 1))),
    );
  }

  private async compare(level: number, { index, count, hashes }: Row): Promise<void> {
    const tile = { level, index, width: count };
    const served = await readTile(this.source, tile);
    if (!served.hashes) {
      this.findings.push(missingTile(tilePath(tile), served.why));
      return;
    }
    const { hashes: said } = served;
    const positions = Array.from({ length: count }, (_, at) => at).filter(
      (at) => !isHash(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES), said, at),
    );
    if (positions.length > 0) this.differences.push({ tile, positions });
  }
}
