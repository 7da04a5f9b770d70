import { existsSync, readFileSync } from 'node:fs';
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
import { assert, Fault, utf8 } from '@imprimatur/kernel';
import { replaceFile } from '@imprimatur/platform/files';
import { CheckpointMemory, KeyRing, type RingKey } from '@imprimatur/platform/signing';
import { ed25519Verify, sha256 } from '../digest.js';
import { RetiredOrigins } from './retired.origins.js';

/** Where an operator reads what a refusal means and what to do. */
const MANUAL = 'docs/operating/backup-restore.md';

/**
 * Signs checkpoints and remembers, outside the database, what it signed last for each log: a smaller tree, another root of the same
 * size, or a tree that does not grow out of the last one is refused, whoever asks. Lives in the worker only.
 */
export class LogSigner {
  private readonly memory: CheckpointMemory;
  private readonly retired: RetiredOrigins;
  private readonly keys: readonly RingKey[];

  /** `folder` holds keys and memory; `trustFile` receives the verifier keys that this installation's own tools pin. Keys are read once. */
  constructor(
    folder: string,
    private readonly trustFile: string,
  ) {
    this.memory = new CheckpointMemory(join(folder, 'logs'));
    this.retired = new RetiredOrigins(folder);
    this.keys = new KeyRing(folder, 'log').keys();
  }

  /** `<origin>+<id>+<key>` of each key of the ring; the last is the current one. */
  vkeys(origin: string): readonly string[] {
    return this.keys.map(({ publicKey }) => formatVkey(sha256, origin, publicKey));
  }

  /** The current key's. Every key's is pinned in the trust file when it is asked for the first time. */
  vkey(origin: string): string {
    this.pin([origin]);
    return this.currentVkey(origin);
  }

  /** The same, and nothing is pinned: of an origin that is not in use yet. */
  currentVkey(origin: string): string {
    const current = this.vkeys(origin).at(-1);
    assert(current, 'a ring has a key');
    return current;
  }

  /** Adds every key of these logs to the trust file. Those of former keys and origins stay there: what they signed must be verified, too. */
  pin(origins: readonly string[]): void {
    const pinned = this.pinned();
    const known = new Set(pinned.split('\n'));
    const missing = origins.flatMap((origin) => this.vkeys(origin)).filter((vkey) => !known.has(vkey));
    if (missing.length > 0) replaceFile(this.trustFile, `${pinned}${missing.map((vkey) => `${vkey}\n`).join('')}`, 0o644);
  }

  /** What was signed last for this log; null: nothing yet. */
  lastSigned(origin: string): Checkpoint | null {
    return this.memory.last(origin);
  }

  /** What was signed last for each log, also of installations that were succeeded. */
  remembered(): readonly Checkpoint[] {
    return this.memory.all();
  }

  /** From now on no log of `installation` (`<name>/<installation>`) is signed again: they go on under `successor`. */
  retire(installation: string, successor: string): void {
    this.retired.retire(installation, successor);
  }

  /** Under which the logs of this installation went on, one after the other; empty: it was never succeeded. */
  successorsOf(installation: string): readonly string[] {
    return this.retired.successorsOf(installation);
  }

  /** Whether a key of the ring, or one that was pinned once, signed this note. */
  hasSigned(note: string): boolean {
    const checkpoint = parseCheckpoint(note);
    if (!checkpoint) return false;
    const isBy = (vkey: string): boolean => {
      const key = vkey.startsWith(`${checkpoint.origin}+`) ? parseVkey(sha256, vkey) : null;
      return key !== null && isSignedBy(checkpoint, key, ed25519Verify);
    };
    return this.vkeys(checkpoint.origin).some(isBy) || this.pinned().split('\n').some(isBy);
  }

  /** The Fault CHECKPOINT_INCONSISTENT that no proof could avert: the tree is smaller, or its origin was succeeded. Null: a proof will tell. */
  refusalOf(head: Pick<Checkpoint, 'origin' | 'size'>): Fault | null {
    const successor = this.retired.successorOfLog(head.origin);
    if (successor !== null) return inconsistent(`the log ${head.origin} of size ${head.size} was succeeded by that of ${successor}`);
    const last = this.memory.last(head.origin);
    return last && last.size > head.size ? outgrown(head, last) : null;
  }

  /**
   * Checks that the tree grew out of what it signed last (`proof` leads from that size to this), makes its own state durable, and only
   * then lets the signatures out, one of each key of the ring. The same checkpoint again is signed again. Throws Fault CHECKPOINT_INCONSISTENT.
   */
  sign(checkpoint: Checkpoint, proof: readonly Uint8Array[]): string {
    const { origin, size, root } = checkpoint;
    const refusal = this.refusalOf(checkpoint);
    if (refusal) throw refusal;
    const last = this.memory.last(origin);
    if (last && !verifyConsistency(sha256, { oldSize: last.size, oldRoot: last.root, size, root, proof })) throw outgrown(checkpoint, last);
    this.memory.remember({ origin, size, root });
    const text = checkpointText(checkpoint);
    const message = utf8(text);
    const signatures = this.keys.map((key) => ({
      name: origin,
      keyId: keyIdOf(sha256, origin, key.publicKey),
      signature: key.sign(message),
    }));
    return signedNote(text, ...signatures);
  }

  private pinned(): string {
    return existsSync(this.trustFile) ? readFileSync(this.trustFile, 'utf8') : '';
  }
}

function outgrown({ origin, size }: Pick<Checkpoint, 'origin' | 'size'>, last: Checkpoint): Fault {
  return inconsistent(`the log ${origin} of size ${size} does not grow out of the size ${last.size} that was signed last`);
}

function inconsistent(what: string): Fault {
  const message = `${what}: an older backup was restored, or the database was changed. It gets no checkpoint; see ${MANUAL}`;
  return new Fault({ room: 'ledger', code: 'CHECKPOINT_INCONSISTENT', message, safe: true });
}
