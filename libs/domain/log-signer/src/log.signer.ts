import type { Checkpoint } from '@imprimatur/formats/merkle';
import { assert, type Fault } from '@imprimatur/kernel';
import { inconsistent, outgrown } from './signer.faults.js';

/** The verifier keys of one log: `<origin>+<id>+<key>` of each key of the ring. */
export interface LogKeys {
  /** Oldest first. */
  readonly all: readonly string[];
  /** That of the newest key. */
  readonly current: string;
}

/** How the signer stands to one origin. */
export interface Standing {
  /** What was signed last; null: nothing yet. */
  readonly last: Checkpoint | null;
  /** The installation under which the log goes on; null: the origin is in use. */
  readonly successor: string | null;
}

/** One checkpoint to be signed, and who waits for it. */
export interface SigningRequest {
  readonly checkpoint: Checkpoint;
  /** The consistency proof from what was signed last to `checkpoint`. Asked only where something not larger was signed. */
  readonly prove: (last: Checkpoint) => Promise<readonly Uint8Array[]>;
  /** Hears the signed note as soon as it is there. */
  readonly signed: (note: string) => void;
  /** Hears the Fault CHECKPOINT_INCONSISTENT. */
  readonly refused: (fault: Fault) => void;
}

/**
 * Signs checkpoints, and remembers outside the database what it signed last: a smaller tree, another root of the same size, a tree that does not
 * grow out of the last one, or one of a retired origin is refused, whoever asks. In this process (`LocalLogSigner`) or in one of its own, which has
 * the keys to itself (`RemoteLogSigner`); that one throws the retryable Faults LOG_SIGNER_UNAVAILABLE and LOG_SIGNER_TIMEOUT from every call.
 */
export interface LogSigner {
  /** One after the other. The same checkpoint again is signed again. Any failure but a refusal is thrown, and may come after some were signed. */
  sign(requests: readonly SigningRequest[]): Promise<void>;
  /** By origin. Nothing is pinned: also of an origin that is not in use yet. */
  vkeys(origins: readonly string[]): Promise<ReadonlyMap<string, LogKeys>>;
  /** The same, and adds every key to the trust file. Those of former keys and origins stay there: what they signed must be verified, too. */
  pin(origins: readonly string[]): Promise<ReadonlyMap<string, LogKeys>>;
  /** By origin. */
  standings(origins: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /** What was signed last for each log, also of installations that were succeeded. */
  remembered(): Promise<readonly Checkpoint[]>;
  /** From now on no log of `installation` (`<name>/<installation>`) is signed again: they go on under `successor`. Idempotent. Throws Fault SUCCESSION_CIRCULAR. */
  retire(installation: string, successor: string): Promise<void>;
  /** Under which the logs of this installation went on, one after the other; empty: it was never succeeded. */
  successorsOf(installation: string): Promise<readonly string[]>;
  /** Whether a key of the ring, or one that was pinned once, signed this note. */
  hasSigned(note: string): Promise<boolean>;
  /** Lets go of what only one process may have (the folder, connections) until the next call needs it. */
  release(): void;
}

/** The Fault CHECKPOINT_INCONSISTENT that no proof could avert: the tree is smaller, or its origin was succeeded. Null: a proof will tell. */
export function refusalOf(head: Pick<Checkpoint, 'origin' | 'size'>, { last, successor }: Standing): Fault | null {
  if (successor !== null) return inconsistent(`the log ${head.origin} of size ${head.size} was succeeded by that of ${successor}`);
  return last && last.size > head.size ? outgrown(head, last) : null;
}

/** What a signer answered for one of the origins that it was asked about. */
export function answerFor<T>(answers: ReadonlyMap<string, T>, origin: string): T {
  const answer = answers.get(origin);
  assert(answer, 'a signer answers for every origin that it is asked about');
  return answer;
}
