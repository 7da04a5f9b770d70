import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Checkpoint, checkpointText, formatVkey, keyIdOf, signedNote, verifyConsistency } from '@imprimatur/formats/merkle';
import { Fault, fromBase64, toBase64, toHex, utf8 } from '@imprimatur/kernel';
import { createFileOnce, replaceFile } from '@imprimatur/platform/files';
import { sha256 } from './digest.js';

interface SignerState {
  readonly origin: string;
  readonly size: number;
  /** base64. */
  readonly root: string;
}

/**
 * Signs checkpoints and remembers, outside the database, what it signed last for each log: a smaller tree, another root of the same
 * size, or a tree that does not grow out of the last one is refused, whoever asks. Lives in the worker only.
 */
export class LogSigner {
  private readonly key: KeyObject;
  private readonly publicKey: Uint8Array;

  /** `folder` holds the key and one state file per log; `trustFile` receives the verifier keys that this installation's own tools pin. */
  constructor(
    private readonly folder: string,
    private readonly trustFile: string,
  ) {
    const file = join(folder, 'log.key');
    if (!existsSync(file))
      createFileOnce(file, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
    this.key = createPrivateKey(readFileSync(file));
    this.publicKey = createPublicKey(this.key).export({ format: 'der', type: 'spki' }).subarray(-32);
  }

  /** `<origin>+<id>+<key>`; pinned in the trust file when it is asked for the first time. */
  vkey(origin: string): string {
    const vkey = formatVkey(sha256, origin, this.publicKey);
    const pinned = existsSync(this.trustFile) ? readFileSync(this.trustFile, 'utf8') : '';
    if (!pinned.split('\n').includes(vkey)) replaceFile(this.trustFile, `${pinned}${vkey}\n`, 0o644);
    return vkey;
  }

  /** What was signed last for this log; null: nothing yet. */
  lastSigned(origin: string): Checkpoint | null {
    const file = this.stateFile(origin);
    if (!existsSync(file)) return null;
    const state = JSON.parse(readFileSync(file, 'utf8')) as SignerState;
    return { origin: state.origin, size: state.size, root: fromBase64(state.root) };
  }

  /**
   * Checks that the tree grew out of what it signed last (`proof` leads from that size to this), makes its own state durable, and only
   * then lets the signature out. The same checkpoint again is signed again. Throws Fault CHECKPOINT_INCONSISTENT.
   */
  sign(checkpoint: Checkpoint, proof: readonly Uint8Array[]): string {
    const last = this.lastSigned(checkpoint.origin);
    const claim = last && { oldSize: last.size, oldRoot: last.root, size: checkpoint.size, root: checkpoint.root, proof };
    if (claim && !verifyConsistency(sha256, claim)) {
      const message = `the log ${checkpoint.origin} of size ${checkpoint.size} does not grow out of the size ${last.size} that was signed last`;
      throw new Fault({ room: 'ledger', code: 'CHECKPOINT_INCONSISTENT', message, safe: true });
    }
    const state: SignerState = { origin: checkpoint.origin, size: checkpoint.size, root: toBase64(checkpoint.root) };
    replaceFile(this.stateFile(checkpoint.origin), JSON.stringify(state), 0o600);
    const text = checkpointText(checkpoint);
    const keyId = keyIdOf(sha256, checkpoint.origin, this.publicKey);
    return signedNote(text, { name: checkpoint.origin, keyId, signature: sign(null, utf8(text), this.key) });
  }

  private stateFile(origin: string): string {
    return join(this.folder, 'logs', `${toHex(sha256(utf8(origin)))}.json`);
  }
}
