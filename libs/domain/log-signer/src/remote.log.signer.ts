import { type Checkpoint, parseCheckpoint, parseVkey } from '@imprimatur/formats/merkle';
import { equalBytes, Fault } from '@imprimatur/kernel';
import { sha256 } from './digest.js';
import type { LogKeys, LogSigner, SigningRequest, Standing } from './log.signer.js';
import { SignerConnection } from './signer.connection.js';
import { INCONSISTENT } from './signer.faults.js';
import { type Answer, CHECKPOINTS_MAX, hashText, headText, type Operation, ORIGINS_MAX, type RequestText } from './signer.protocol.js';
import { TrustFile } from './trust.file.js';

const CALL_TIMEOUT_MS = 10_000;
/** Everything that was ever signed is read for one answer. */
const REMEMBERED_TIMEOUT_MS = 120_000;
const LASTS_MAX = 10_000;
const TRIES_MAX = 3;

export interface RemoteSignerOptions {
  /** Of the signer's process. */
  readonly socket: string;
  /** Receives the verifier keys that this installation's own tools pin: public, and written by this side. */
  readonly trustFile: string;
  /** For one call; 10 seconds unless told. */
  readonly timeoutMs?: number;
}

type SignAnswer = Answer<'/sign'>['answers'][number];
type Last = Checkpoint | null;

/**
 * The signer in a process of its own, under another user: this one has no key. One request for up to 32 checkpoints: what was signed last is
 * remembered here as well, as a guess from where to prove; the process looks into its own memory, and says so when the guess was wrong.
 */
export class RemoteLogSigner implements LogSigner {
  private readonly connection: SignerConnection;
  private readonly trust: TrustFile;
  private readonly lasts = new Map<string, Last>();

  constructor(private readonly options: RemoteSignerOptions) {
    this.connection = new SignerConnection(options.socket);
    this.trust = new TrustFile(options.trustFile);
  }

  async sign(requests: readonly SigningRequest[]): Promise<void> {
    for (const some of chunks(requests, CHECKPOINTS_MAX)) await this.signSome(some);
  }

  async vkeys(origins: readonly string[]): Promise<ReadonlyMap<string, LogKeys>> {
    return this.keys('/vkeys', origins);
  }

  async pin(origins: readonly string[]): Promise<ReadonlyMap<string, LogKeys>> {
    const keys = await this.keys('/pin', origins);
    this.trust.add([...keys.values()].flatMap(({ all }) => all));
    return keys;
  }

  async standings(origins: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const standings = new Map<string, Standing>();
    for (const some of chunks(origins, ORIGINS_MAX)) {
      const answer = (await this.call('/standings', { origins: [...some] })).standings;
      for (const [origin, standing] of pairs(some, answer)) {
        standings.set(origin, standing);
        this.remember(origin, standing.last);
      }
    }
    return standings;
  }

  async remembered(): Promise<readonly Checkpoint[]> {
    return (await this.call('/remembered', {}, REMEMBERED_TIMEOUT_MS)).heads;
  }

  async retire(installation: string, successor: string): Promise<void> {
    await this.call('/retire', { installation, successor });
  }

  async successorsOf(installation: string): Promise<readonly string[]> {
    return (await this.call('/successors', { installation })).successors;
  }

  async hasSigned(note: string): Promise<boolean> {
    return (await this.call('/has-signed', { note })).hasSigned;
  }

  release(): void {
    this.lasts.clear();
    this.connection.close();
  }

  private async signSome(requests: readonly SigningRequest[]): Promise<void> {
    const unknown = requests.map(({ checkpoint }) => checkpoint.origin).filter((origin) => !this.lasts.has(origin));
    if (unknown.length > 0) await this.standings(unknown);
    let open = requests;
    for (let attempt = 0; open.length > 0; attempt += 1) {
      if (attempt === TRIES_MAX) throw contended();
      const checkpoints = [];
      for (const request of open) checkpoints.push(await this.proven(request)); // proofs may be read on one connection
      const { answers } = await this.call('/sign', { checkpoints });
      const heard = pairs(open, answers).map(([request, answer]) => ({ request, isDone: this.hear(request, answer) }));
      open = heard.flatMap(({ request, isDone }) => (isDone ? [] : [request]));
    }
  }

  private async proven({ checkpoint, prove }: SigningRequest): Promise<RequestText<'/sign'>['checkpoints'][number]> {
    const last = this.lasts.get(checkpoint.origin) ?? null;
    const proof = last && last.size <= checkpoint.size ? await prove(last) : [];
    return { ...headText(checkpoint), oldSize: last?.size ?? 0, proof: proof.map(hashText) };
  }

  /** False: the guess was wrong; it is another one now. */
  private hear({ checkpoint, signed, refused }: SigningRequest, answer: SignAnswer): boolean {
    const { origin, size, root } = checkpoint;
    if ('last' in answer) {
      this.remember(origin, answer.last);
      return false;
    }
    if ('refused' in answer) {
      refused(new Fault({ room: 'ledger', code: INCONSISTENT, message: answer.refused, safe: true }));
      return true;
    }
    const note = parseCheckpoint(answer.note);
    if (note?.origin !== origin || note.size !== size || !equalBytes(note.root, root)) throw notAsked('a note of another tree');
    this.remember(origin, { origin, size, root });
    signed(answer.note);
    return true;
  }

  private remember(origin: string, last: Last): void {
    if (this.lasts.size >= LASTS_MAX && !this.lasts.has(origin)) this.lasts.clear();
    this.lasts.set(origin, last);
  }

  private async keys(operation: '/vkeys' | '/pin', origins: readonly string[]): Promise<ReadonlyMap<string, LogKeys>> {
    const keys = new Map<string, LogKeys>();
    for (const some of chunks(origins, ORIGINS_MAX)) {
      const { vkeys } = await this.call(operation, { origins: [...some] });
      for (const [origin, all] of pairs(some, vkeys)) {
        const current = all.at(-1);
        if (current === undefined || all.some((vkey) => parseVkey(sha256, vkey)?.name !== origin)) throw notAsked('keys of another log');
        keys.set(origin, { all, current });
      }
    }
    return keys;
  }

  private call<O extends Operation>(operation: O, asked: RequestText<O>, timeoutMs = this.options.timeoutMs ?? CALL_TIMEOUT_MS) {
    return this.connection.call(operation, asked, timeoutMs);
  }
}

function chunks<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
}

/** What was asked with its answer, which stands in the same place. */
function pairs<A, B>(asked: readonly A[], answers: readonly B[]): readonly (readonly [A, B])[] {
  if (asked.length !== answers.length) throw notAsked(`${answers.length} answers to ${asked.length} questions`);
  return asked.flatMap((each, at) => {
    const answer = answers[at];
    return answer === undefined ? [] : [[each, answer] as const];
  });
}

function notAsked(what: string): Fault {
  return new Fault({ room: 'ledger', code: 'LOG_SIGNER_NOT_UNDERSTOOD', message: `the log signer answered with ${what}`, safe: true });
}

/** Somebody else has the same logs signed, and was first each time. */
function contended(): Fault {
  const message = 'other processes have the same logs signed at the same time: one sequencer is to write a log';
  return new Fault({ room: 'ledger', code: 'LOG_SIGNER_CONTENDED', message, retryable: true, safe: true });
}
