import { join } from 'node:path';
import {
  type Checkpoint,
  checkpointText,
  formatVkey,
  isSignedBy,
  keyIdOf,
  parseCheckpoint,
  parseVkey,
  signedNote,
  verifyConsistency,
} from '@imprimatur/formats/merkle';
import { assert, utf8 } from '@imprimatur/kernel';
import { CheckpointMemory, KeyRing, type RingKey } from '@imprimatur/platform/signing';
import { ed25519Verify, sha256 } from './digest.js';
import { type LogKeys, refusalOf, type Standing } from './log.signer.js';
import { RetiredOrigins } from './retired.origins.js';
import { outgrown } from './signer.faults.js';
import { TrustFile } from './trust.file.js';

/**
 * The keys of the log and what they signed last, in files of a folder. Synchronous from the look at the memory to the signature, so that nothing
 * comes between within a process; `FolderHold` keeps other processes away.
 */
export class StatefulSigner {
  private readonly memory: CheckpointMemory;
  private readonly retired: RetiredOrigins;
  private readonly ring: readonly RingKey[];
  private readonly trust: TrustFile;

  /** `folder` holds keys and memory; `trustFile` receives the verifier keys. Keys are read once; a folder without one gets its first. */
  constructor(
    readonly folder: string,
    trustFile: string,
  ) {
    this.memory = new CheckpointMemory(join(folder, 'logs'));
    this.retired = new RetiredOrigins(folder);
    this.ring = new KeyRing(folder, 'log').keys();
    this.trust = new TrustFile(trustFile);
  }

  vkeys(origin: string): LogKeys {
    const all = this.ring.map(({ publicKey }) => formatVkey(sha256, origin, publicKey));
    const current = all.at(-1);
    assert(current, 'a ring has a key');
    return { all, current };
  }

  pin(origins: readonly string[]): void {
    this.trust.add(origins.flatMap((origin) => this.vkeys(origin).all));
  }

  standing(origin: string): Standing {
    return { last: this.memory.last(origin), successor: this.retired.successorOfLog(origin) };
  }

  /** In no order. */
  remembered(): readonly Checkpoint[] {
    return this.memory.all();
  }

  /** Throws Fault SUCCESSION_CIRCULAR. */
  retire(installation: string, successor: string): void {
    this.retired.retire(installation, successor);
  }

  successorsOf(installation: string): readonly string[] {
    return this.retired.successorsOf(installation);
  }

  hasSigned(note: string): boolean {
    const checkpoint = parseCheckpoint(note);
    if (!checkpoint) return false;
    const isBy = (vkey: string): boolean => {
      const key = vkey.startsWith(`${checkpoint.origin}+`) ? parseVkey(sha256, vkey) : null;
      return key !== null && isSignedBy(checkpoint, key, ed25519Verify);
    };
    return this.vkeys(checkpoint.origin).all.some(isBy) || this.trust.vkeys().some(isBy);
  }

  /**
   * Checks that the tree grew out of what it signed last (`proof` leads from that size to this), makes its own state durable, and only
   * then lets the signatures out, one of each key of the ring. The same checkpoint again is signed again. Throws Fault CHECKPOINT_INCONSISTENT.
   */
  sign(checkpoint: Checkpoint, proof: readonly Uint8Array[]): string {
    const { origin, size, root } = checkpoint;
    const standing = this.standing(origin);
    const refusal = refusalOf(checkpoint, standing);
    if (refusal) throw refusal;
    const { last } = standing;
    if (last && !verifyConsistency(sha256, { oldSize: last.size, oldRoot: last.root, size, root, proof })) throw outgrown(checkpoint, last);
    this.memory.remember({ origin, size, root });
    const text = checkpointText(checkpoint);
    const message = utf8(text);
    const signatures = this.ring.map((key) => ({
      name: origin,
      keyId: keyIdOf(sha256, origin, key.publicKey),
      signature: key.sign(message),
    }));
    return signedNote(text, ...signatures);
  }
}
