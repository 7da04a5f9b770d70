import type { Checkpoint } from '@imprimatur/formats/merkle';
import { Fault } from '@imprimatur/kernel';
import { FolderHold } from '@imprimatur/platform/signing';
import type { LogKeys, LogSigner, SigningRequest, Standing } from './log.signer.js';
import { INCONSISTENT } from './signer.faults.js';
import { StatefulSigner } from './stateful.signer.js';

/**
 * The signer in this process, over files of its own: whoever owns the process owns the key. Holds the folder from its first signature until it is
 * released: every call that changes its memory throws Fault SIGNER_FOLDER_HELD while another process has it.
 */
export class LocalLogSigner implements LogSigner {
  private readonly signer: StatefulSigner;
  private hold: FolderHold | undefined;

  /** `folder` holds keys and memory; `trustFile` receives the verifier keys that this installation's own tools pin. */
  constructor(folder: string, trustFile: string) {
    this.signer = new StatefulSigner(folder, trustFile);
  }

  async sign(requests: readonly SigningRequest[]): Promise<void> {
    for (const { checkpoint, prove, signed, refused } of requests) {
      const { last } = this.signer.standing(checkpoint.origin);
      const proof = last && last.size <= checkpoint.size ? await prove(last) : [];
      this.take();
      const outcome = outcomeOf(() => this.signer.sign(checkpoint, proof));
      if (typeof outcome === 'string') signed(outcome);
      else refused(outcome);
    }
  }

  vkeys(origins: readonly string[]): Promise<ReadonlyMap<string, LogKeys>> {
    return answered(() => new Map(origins.map((origin) => [origin, this.signer.vkeys(origin)])));
  }

  pin(origins: readonly string[]): Promise<ReadonlyMap<string, LogKeys>> {
    return answered(() => {
      this.signer.pin(origins);
      return new Map(origins.map((origin) => [origin, this.signer.vkeys(origin)]));
    });
  }

  standings(origins: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    return answered(() => new Map(origins.map((origin) => [origin, this.signer.standing(origin)])));
  }

  remembered(): Promise<readonly Checkpoint[]> {
    return answered(() => this.signer.remembered());
  }

  retire(installation: string, successor: string): Promise<void> {
    return answered(() => {
      this.take();
      this.signer.retire(installation, successor);
    });
  }

  successorsOf(installation: string): Promise<readonly string[]> {
    return answered(() => this.signer.successorsOf(installation));
  }

  hasSigned(note: string): Promise<boolean> {
    return answered(() => this.signer.hasSigned(note));
  }

  release(): void {
    this.hold?.release();
    this.hold = undefined;
  }

  private take(): void {
    if (this.hold?.isHeld()) return;
    this.release();
    this.hold = FolderHold.take(this.signer.folder);
  }
}

/** The note, or the Fault that says why it is refused; everything else is thrown. */
export function outcomeOf(sign: () => string): string | Fault {
  try {
    return sign();
  } catch (error) {
    if (error instanceof Fault && error.code === INCONSISTENT) return error;
    throw error;
  }
}

/** What is thrown becomes a rejection, as with a signer that is far away. */
function answered<T>(ask: () => T): Promise<T> {
  return new Promise((resolve) => resolve(ask()));
}
