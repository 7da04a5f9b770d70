import { hash, verify } from 'node:crypto';
import { join } from 'node:path';
import {
  cosignature,
  cosignatureMessage,
  type Ed25519Verify,
  formatWitnessVkey,
  isSignedBy,
  type LogKey,
  parseAddCheckpoint,
  type SignedCheckpoint,
  signatureLine,
  SIZE_CONTENT_TYPE,
  verifyConsistency,
} from '@imprimatur/formats/merkle';
import { type Clock, equalBytes, type Sha256 } from '@imprimatur/kernel';
import { CheckpointMemory, KeyRing } from '@imprimatur/platform/signing';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');
const ed25519Verify: Ed25519Verify = (key, message, signature) =>
  verify(null, message, { key: Buffer.concat([SPKI_PREFIX, key]), format: 'der', type: 'spki' }, signature);

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly contentType: string;
  readonly body: string;
}

export interface WitnessOptions {
  /** A schema-less URL, by which policies call it. */
  readonly name: string;
  /** Holds the keys and what was cosigned last. */
  readonly folder: string;
  /** Of the logs that it watches. */
  readonly logs: readonly LogKey[];
  readonly clock: Clock;
}

/**
 * A cosigner (C2SP tlog-witness): says that a checkpoint grew out of everything it cosigned before, and says it once per tree. It answers one
 * request after the other, and remembers on disk before a cosignature leaves it.
 */
export class Witness {
  private readonly memory: CheckpointMemory;
  private readonly ring: KeyRing;

  constructor(private readonly options: WitnessOptions) {
    this.memory = new CheckpointMemory(join(options.folder, 'logs'));
    this.ring = new KeyRing(join(options.folder, 'keys'), 'witness');
  }

  /** Its verifier keys, oldest first; during a rotation there are two. */
  vkeys(): readonly string[] {
    return this.ring.keys().map(({ publicKey }) => formatWitnessVkey(sha256, this.options.name, publicKey));
  }

  /** The answer to `POST <prefix>/add-checkpoint`. Synchronous from the look at the memory to its change: no second request comes between. */
  addCheckpoint(body: string): WitnessAnswer {
    const request = parseAddCheckpoint(body);
    if (!request) return refusal(400, 'the body is no add-checkpoint request');
    const { checkpoint, oldSize, proof } = request;
    const keys = this.options.logs.filter(({ name }) => name === checkpoint.origin);
    if (keys.length === 0) return refusal(404, 'this witness does not watch that log');
    if (!keys.some((key) => isSignedBy(checkpoint, key, ed25519Verify))) return refusal(403, 'no trusted key of the log signed this');
    if (oldSize > checkpoint.size) return refusal(400, 'the old size is larger than the checkpoint');
    const last = this.memory.last(checkpoint.origin);
    if (oldSize !== (last?.size ?? 0)) return { status: 409, contentType: SIZE_CONTENT_TYPE, body: `${last?.size ?? 0}\n` };
    if (last && last.size === checkpoint.size && !equalBytes(last.root, checkpoint.root))
      return refusal(409, 'another tree of this size was cosigned');
    if (!this.isGrown(checkpoint, last?.root ?? null, oldSize, proof))
      return refusal(422, 'the checkpoint does not grow out of what was cosigned');
    this.memory.remember({ origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root });
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: this.cosign(checkpoint) };
  }

  private isGrown({ size, root }: SignedCheckpoint, oldRoot: Uint8Array | null, oldSize: number, proof: readonly Uint8Array[]): boolean {
    if (oldRoot === null || oldSize === 0) return proof.length === 0;
    return verifyConsistency(sha256, { oldSize, oldRoot, size, root, proof });
  }

  private cosign({ text }: SignedCheckpoint): string {
    const seconds = Math.floor(this.options.clock.now().getTime() / 1_000);
    const lines = this.ring.keys().map(({ publicKey, sign }) => {
      const signature = sign(cosignatureMessage(seconds, text));
      return signatureLine(cosignature(sha256, { name: this.options.name, publicKey }, seconds, signature));
    });
    return lines.join('');
  }
}

function refusal(status: 400 | 403 | 404 | 409 | 422, why: string): WitnessAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${why}\n` };
}
