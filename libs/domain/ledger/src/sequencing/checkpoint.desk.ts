import type { LogSigner, SigningRequest } from '@imprimatur/domain/log-signer';
import { type Checkpoint, consistencyProof } from '@imprimatur/formats/merkle';
import { assert, type Fault } from '@imprimatur/kernel';
import { sha256 } from '../digest.js';
import type { Growth, LogHead, SequencerRepository } from './sequencer.repository.js';
import { TileRepository } from '../reading/tile.repository.js';

const ROWS_MAX = 32;

/** A head and its signed note. */
export interface SignedHead {
  readonly head: LogHead;
  readonly note: string;
}

/**
 * Has heads signed, and stores the checkpoints. On a connection of its own, so that a round is signed while the next one is inserted, and
 * without waiting for the disk: the signer has its state on disk already, and signs a row that was lost again.
 */
export class CheckpointDesk {
  private readonly tiles: TileRepository;

  constructor(
    private readonly repository: SequencerRepository,
    private readonly signer: LogSigner,
  ) {
    this.tiles = new TileRepository((sql, values) => repository.query(sql, values));
  }

  /**
   * `signed` hears of each signature as soon as it is there; its row follows. A log that the signer refuses does not hold up the others:
   * `refused` hears of it. Any other failure is thrown.
   */
  async sign(
    heads: readonly (LogHead | Growth)[],
    signed: (signed: SignedHead) => void,
    refused: (head: LogHead, fault: Fault) => void,
  ): Promise<void> {
    for (let at = 0; at < heads.length; at += ROWS_MAX) {
      const stored: SignedHead[] = [];
      const requests = heads.slice(at, at + ROWS_MAX).map((head): SigningRequest => ({
        checkpoint: head,
        prove: (last) => this.proof(head, last),
        signed: (note) => {
          stored.push({ head, note });
          signed({ head, note });
        },
        refused: (fault) => refused(head, fault),
      }));
      await this.signer.sign(requests);
      if (stored.length > 0) await this.repository.insertCheckpoints(stored);
    }
  }

  /** From what was signed last. A round brings the nodes of its own growth; anything else is read. */
  private async proof(head: LogHead | Growth, last: Checkpoint): Promise<readonly Uint8Array[]> {
    if ('node' in head && head.oldSize === last.size) {
      const get = (level: number, index: number): Uint8Array => {
        const node = head.node(level, index);
        assert(node, 'a growth knows the nodes of its proof');
        return node;
      };
      return consistencyProof(sha256, get, last.size, head.size);
    }
    return this.tiles.withNodes(head.tenant, (get) => consistencyProof(sha256, get, last.size, head.size));
  }
}
