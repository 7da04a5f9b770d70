import { type Anchor, logZeroAnchor, renewalAnchor, timestampAnchor } from '@imprimatur/formats/ledger';
import { inclusionProof, leafHash, Tree } from '@imprimatur/formats/merkle';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { type AnchoredCheckpoint, AnchorRepository, type LogZeroCheckpoint } from './anchor.repository.js';
import { sha256 } from '../digest.js';
import { LOG_ZERO } from './log.zero.js';
import { tilesFor } from '../reading/tile.repository.js';

/** A checkpoint and what others put behind it. */
export interface Anchored {
  readonly size: number;
  readonly note: string;
  readonly anchors: readonly Anchor[];
}

/** Puts together what stands behind an entry beside its own log: log 0, the witnesses, the stamps and their renewals. */
@Injectable()
export class Anchors {
  constructor(private readonly repository: AnchorRepository) {}

  /** The anchored checkpoint that covers the entry at `index` of the tenant's log; null: none does yet. */
  async covering(read: ReadContext, index: number): Promise<Anchored | null> {
    const anchored = await this.repository.anchored(read, index);
    if (!anchored) return null;
    const head = strongest(await this.repository.logZeroFrom(read, anchored.index, anchored.generation));
    if (!head) return null;
    return {
      size: anchored.size,
      note: anchored.note,
      anchors: [await this.inLogZero(read, anchored, head), ...(await this.stamps(read, head))],
    };
  }

  /** The signed note of log 0 as it is handed out: where witnesses are asked, the newest that one of them cosigned. */
  async logZeroNote(read: ReadContext): Promise<{ readonly size: number; readonly note: string } | null> {
    const cosigned = await this.repository.newestCosigned(read);
    return cosigned && { size: cosigned.size, note: cosigned.note + cosigned.cosignatures.join('') };
  }

  private async inLogZero(read: ReadContext, { index }: AnchoredCheckpoint, head: LogZeroCheckpoint): Promise<Anchor> {
    const proof = await tilesFor(read).withNodes(LOG_ZERO, (get) => inclusionProof(sha256, get, index, head.size));
    return logZeroAnchor(index, proof, head.note + head.cosignatures.join(''));
  }

  private async stamps(read: ReadContext, { stamp }: LogZeroCheckpoint): Promise<readonly Anchor[]> {
    if (!stamp) return [];
    const anchors: Anchor[] = [timestampAnchor(stamp.token)];
    for (let last = stamp.id; ;) {
      const renewal = await this.repository.renewal(read, last);
      if (!renewal) return anchors;
      const index = renewal.covers.findIndex(({ id }) => id === last);
      const { proof, root } = pathIn(
        renewal.covers.map(({ token }) => token),
        index,
      );
      anchors.push(renewalAnchor({ index, size: renewal.covers.length, proof, root, token: renewal.token }));
      last = renewal.id;
    }
  }
}

/** Stamped before cosigned before bare; of equals the earliest, which bounds the time best. */
function strongest(heads: readonly LogZeroCheckpoint[]): LogZeroCheckpoint | undefined {
  const strength = ({ stamp, cosignatures }: LogZeroCheckpoint): number => (stamp ? 1_000 : 0) + cosignatures.length;
  return heads.reduce<LogZeroCheckpoint | undefined>((best, head) => (best && strength(best) >= strength(head) ? best : head), undefined);
}

/** Audit path and root of a small tree that is kept whole. */
function pathIn(tokens: readonly Uint8Array[], index: number): { readonly proof: readonly Uint8Array[]; readonly root: Uint8Array } {
  const tree = Tree.empty(sha256);
  const nodes = new Map<string, Uint8Array>();
  tokens.forEach((token, at) => {
    const leaf = leafHash(sha256, token);
    nodes.set(`0/${at}`, leaf);
    for (const node of tree.append(leaf)) nodes.set(`${node.level}/${node.index}`, node.hash);
  });
  const get = (level: number, at: number): Uint8Array => nodes.get(`${level}/${at}`) ?? new Uint8Array(0);
  return { proof: inclusionProof(sha256, get, index, tokens.length), root: tree.root() };
}
