import { HASH_BYTES, hashSourceOf, type HashSource, nodesRead, TILE_WIDTH } from '@imprimatur/formats/merkle';
import { assert, type TenantId } from '@imprimatur/kernel';
import { preparedQuery, type Query, type ReadContext } from '@imprimatur/platform/database';
import { sha256 } from '../digest.js';

const TILE_LEVELS = 8;

/** As the app role, under row-level security: the tenant's own log, and log 0. */
export function tilesFor(read: ReadContext): TileRepository {
  return new TileRepository(preparedQuery(read));
}

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

  /** The exact bytes of entries [first, first + width), in order. Looked up one by one: a join may read all of a small log. */
  async entries(tenant: TenantId, first: number, width: number): Promise<readonly Uint8Array[]> {
    const rows = await this.query<{ bytes: Uint8Array }>(
      `select (select e.bytes from ledger_entry e where e.tenant = l.tenant and e.id = l.entry) as bytes from ledger_leaf l
        where l.tenant = $1 and l.index >= $2 and l.index < $3 order by l.index`,
      [tenant, first, first + width],
    );
    return rows.map(({ bytes }) => bytes);
  }

  /** Runs `make`, a pure function of tree nodes, with exactly the tiles that it reads, fetched at once. */
  async withNodes<T>(tenant: TenantId, make: (get: HashSource) => T): Promise<T> {
    const wanted = new Map<string, { readonly level: number; readonly index: number }>();
    for (const node of nodesRead(make)) {
      const level = Math.floor(node.level / TILE_LEVELS);
      const index = Math.floor((node.index * 2 ** (node.level - level * TILE_LEVELS)) / TILE_WIDTH);
      wanted.set(`${level}/${index}`, { level, index });
    }
    const tiles = await this.tiles(tenant, [...wanted.values()]);
    return make(
      hashSourceOf(sha256, (level, index) => {
        const tile = tiles.get(`${level}/${index}`);
        assert(tile && tile.length % HASH_BYTES === 0, 'a tile that is read was fetched whole');
        return tile;
      }),
    );
  }

  /** As far as the log goes, by `level/index`. */
  private async tiles(
    tenant: TenantId,
    wanted: readonly { readonly level: number; readonly index: number }[],
  ): Promise<ReadonlyMap<string, Uint8Array>> {
    if (wanted.length === 0) return new Map();
    const rows = await this.query<{ level: number; index: string; hashes: Uint8Array | null }>(
      `select w.level, w.index, case when w.level = 0
         then (select string_agg(l.leaf_hash, ''::bytea order by l.index) from ledger_leaf l
                where l.tenant = $1 and l.index >= w.index * ${TILE_WIDTH} and l.index < (w.index + 1) * ${TILE_WIDTH})
         else (select string_agg(n.hash, ''::bytea order by n.index) from ledger_node n
                where n.tenant = $1 and n.level = w.level and n.index >= w.index * ${TILE_WIDTH} and n.index < (w.index + 1) * ${TILE_WIDTH})
         end as hashes from unnest($2::smallint[], $3::bigint[]) as w (level, index)`,
      [tenant, wanted.map(({ level }) => level), wanted.map(({ index }) => index)],
    );
    return new Map(rows.map(({ level, index, hashes }) => [`${level}/${index}`, hashes ?? new Uint8Array(0)]));
  }
}
