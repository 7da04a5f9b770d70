import { assert, type Sha256 } from '@imprimatur/kernel';
import { emptyRoot, nodeHash } from './hash.js';

/** Root of the perfect subtree over leaves [index * 2^level, (index + 1) * 2^level). */
export interface PerfectNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/**
 * The right edge of an RFC 6962 tree: enough to append and to know the root, in memory that grows with the logarithm of the size.
 * `edge[level]` is the perfect subtree of that level whose sibling to the right is not complete; null where there is none.
 */
export class Tree {
  private constructor(
    private readonly sha256: Sha256,
    private count: number,
    private readonly edge: (Uint8Array | null)[],
  ) {}

  static empty(sha256: Sha256): Tree {
    return new Tree(sha256, 0, []);
  }

  /** The tree of `size` leaves whose edge nodes are read from `get`, as `edgeOf(size)` names them. */
  static restore(sha256: Sha256, size: number, get: (level: number, index: number) => Uint8Array): Tree {
    const edge: (Uint8Array | null)[] = [];
    for (const { level, index } of edgeOf(size)) {
      while (edge.length < level) edge.push(null);
      edge[level] = get(level, index);
    }
    return new Tree(sha256, size, edge);
  }

  get size(): number {
    return this.count;
  }

  /** Appends a leaf; answers every perfect subtree that it completes above the leaf itself, lowest first. */
  append(leaf: Uint8Array): readonly PerfectNode[] {
    const completed: PerfectNode[] = [];
    let hash = leaf;
    let index = this.count;
    let level = 0;
    for (; index % 2 === 1; level += 1) {
      const left = this.edge[level];
      assert(left, 'an odd index has a left sibling');
      hash = nodeHash(this.sha256, left, hash);
      this.edge[level] = null;
      index = (index - 1) / 2;
      completed.push({ level: level + 1, index, hash });
    }
    while (this.edge.length < level) this.edge.push(null);
    this.edge[level] = hash;
    this.count += 1;
    return completed;
  }

  root(): Uint8Array {
    let root: Uint8Array | null = null;
    for (const left of this.edge) if (left) root = root ? nodeHash(this.sha256, left, root) : left;
    return root ?? emptyRoot(this.sha256);
  }
}

/** The perfect subtrees, lowest first, that a tree of `size` leaves is made of: one per bit of the size. */
export function edgeOf(size: number): readonly { readonly level: number; readonly index: number }[] {
  const edge: { level: number; index: number }[] = [];
  for (let level = 0, rest = size; rest > 0; level += 1, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) edge.push({ level, index: rest - 1 });
  }
  return edge;
}
