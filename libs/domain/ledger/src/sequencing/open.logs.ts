import { edgeOf, Tree } from '@imprimatur/formats/merkle';
import { assert, type EntryId, type TenantId } from '@imprimatur/kernel';
import { sha256 } from '../digest.js';
import type { Growth, LogHead, NewLeaf, NewNode } from './sequencer.repository.js';
import type { TileRepository } from '../reading/tile.repository.js';

const TREES_MAX = 1_000;
const TILE_LEVELS = 8;

/** An entry that gets its place. */
export interface Arrival {
  readonly tenant: TenantId;
  readonly entry: EntryId;
  readonly leafHash: Uint8Array;
}

/** What one round adds to every log that it touches. */
export interface Round {
  readonly leaves: readonly NewLeaf[];
  readonly nodes: readonly NewNode[];
  readonly growths: readonly Growth[];
}

interface OpenLog {
  readonly origin: string;
  readonly tree: Tree;
  /** The nodes of `edgeOf(tree.size)`: with what a round adds, all that a proof from the old size to the new one reads. */
  edge: ReadonlyMap<number, Uint8Array>;
}

/** The right edges of the logs at work, in memory. They are ahead of the database while a round commits: forget them when it fails. */
export class OpenLogs {
  private readonly logs = new Map<TenantId, OpenLog>();

  isOpen(tenant: TenantId): boolean {
    return this.logs.has(tenant);
  }

  /** Makes room for the logs of one round. */
  trim(): void {
    if (this.logs.size > TREES_MAX) this.logs.clear();
  }

  clear(): void {
    this.logs.clear();
  }

  async open(head: LogHead, tiles: TileRepository): Promise<void> {
    const nodes = await tiles.withNodes(head.tenant, (get) => {
      // read first, so that the edge is known to be needed before the tree is restored from it
      return edgeOf(head.size).map(({ level, index }) => ({ level, index, hash: get(level, index) }));
    });
    const byLevel = new Map(nodes.map(({ level, hash }) => [level, hash]));
    const tree = Tree.restore(sha256, head.size, (level) => byLevel.get(level) ?? new Uint8Array(0));
    assert(Buffer.compare(tree.root(), head.root) === 0, `the stored tree of ${head.origin} has the root of its head`);
    const edge = new Map(nodes.map(({ level, index, hash }) => [nodeKey(level, index), hash]));
    this.logs.set(head.tenant, { origin: head.origin, tree, edge });
  }

  /** Places `arrivals` in their order. */
  grow(arrivals: readonly Arrival[]): Round {
    const leaves: NewLeaf[] = [];
    const nodes: NewNode[] = [];
    const growing = new Map<TenantId, { readonly oldSize: number; readonly known: Map<number, Uint8Array> }>();
    for (const { tenant, entry, leafHash } of arrivals) {
      const { tree, edge } = this.log(tenant);
      let touched = growing.get(tenant);
      if (!touched) growing.set(tenant, (touched = { oldSize: tree.size, known: new Map(edge) }));
      leaves.push({ tenant, index: tree.size, entry, leafHash });
      touched.known.set(nodeKey(0, tree.size), leafHash);
      for (const { level, index, hash } of tree.append(leafHash)) {
        touched.known.set(nodeKey(level, index), hash);
        if (level % TILE_LEVELS === 0) nodes.push({ tenant, level: level / TILE_LEVELS, index, hash });
      }
    }
    const growths = [...growing].map(([tenant, { oldSize, known }]) => this.growth(tenant, oldSize, known));
    return { leaves, nodes, growths };
  }

  private growth(tenant: TenantId, oldSize: number, known: ReadonlyMap<number, Uint8Array>): Growth {
    const log = this.log(tenant);
    const { origin, tree } = log;
    log.edge = new Map(edgeOf(tree.size).map(({ level, index }) => [nodeKey(level, index), nodeIn(known, level, index)]));
    return { tenant, origin, oldSize, size: tree.size, root: tree.root(), node: (level, index) => known.get(nodeKey(level, index)) };
  }

  private log(tenant: TenantId): OpenLog {
    const log = this.logs.get(tenant);
    assert(log, 'the log of a round was opened');
    return log;
  }
}

/** A growth and the one that followed it, as one. */
export function joined(first: Growth, second: Growth): Growth {
  return { ...second, oldSize: first.oldSize, node: (level, index) => second.node(level, index) ?? first.node(level, index) };
}

/** One number per node: levels are below 64. */
const nodeKey = (level: number, index: number): number => index * 64 + level;

function nodeIn(known: ReadonlyMap<number, Uint8Array>, level: number, index: number): Uint8Array {
  const hash = known.get(nodeKey(level, index));
  assert(hash, 'an edge is made of nodes that the round began with or added');
  return hash;
}
