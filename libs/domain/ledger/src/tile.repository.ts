import { HASH_BYTES, hashSourceOf, type HashSource, nodesRead, TILE_WIDTH } from '@imprimatur/formats/merkle';
import { assert, type TenantId } from '@imprimatur/kernel';
import { sha256 } from './digest.js';

/** One SQL statement of whoever reads: the app under row-level security, or the sequencer. */
export type Query = <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>;

const TILE_LEVELS = 8;

/** Hashes of tiles, gathered from leaves and from the roots of full tiles: no tile is stored. */
export class TileRepository {
  constructor(private readonly query: Query) {}

  /** The concatenated hashes of a tile, at most `width` of them; shorter where the log is. */
  async tile(tenant: TenantId, level: number, index: number, width = TILE_WIDTH): Promise<Uint8Array> {
    const first = index * TILE_WIDTH;
    const [table, column, where] = level === 0 ? ['ledger_leaf', 'leaf_hash', ''] : ['ledger_node', 'hash', 'and level = $4'];
    const rows = await this.query<{ hashes: Uint8Array | null }>(
      `select string_agg(${column}, ''::bytea order by index) as hashes from ${table}
        where tenant = $1 and index >= $2 and index < $3 ${where}`,
      [tenant, first, first + width, ...(level === 0 ? [] : [level])],
    );
    return rows[0]?.hashes ?? new Uint8Array(0);
  }

  /** The exact bytes of entries [first, first + width), in order. */
  async entries(tenant: TenantId, first: number, width: number): Promise<readonly Uint8Array[]> {
    const rows = await this.query<{ bytes: Uint8Array }>(
      `select e.bytes from ledger_leaf l join ledger_entry e on e.tenant = l.tenant and e.id = l.entry
        where l.tenant = $1 and l.index >= $2 and l.index < $3 order by l.index`,
      [tenant, first, first + width],
    );
    return rows.map(({ bytes }) => bytes);
  }

  /** Runs `make`, a pure function of tree nodes, with exactly the tiles that it reads. */
  async withNodes<T>(tenant: TenantId, make: (get: HashSource) => T): Promise<T> {
    const tiles = new Map<string, Uint8Array>();
    for (const { level, index } of nodesRead(make)) {
      const tileLevel = Math.floor(level / TILE_LEVELS);
      const tileIndex = Math.floor((index * 2 ** (level - tileLevel * TILE_LEVELS)) / TILE_WIDTH);
      const key = `${tileLevel}/${tileIndex}`;
      if (!tiles.has(key)) tiles.set(key, await this.tile(tenant, tileLevel, tileIndex));
    }
    return make(
      hashSourceOf(sha256, (level, index) => {
        const tile = tiles.get(`${level}/${index}`);
        assert(tile && tile.length % HASH_BYTES === 0, 'a tile that is read was fetched whole');
        return tile;
      }),
    );
  }
}
