import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { sha256 } from '@imprimatur/domain/ledger';
import { type LogSigner, RemoteLogSigner } from '@imprimatur/domain/log-signer';
import { type Checkpoint, consistencyProof, leafHash, Tree } from '@imprimatur/formats/merkle';
import { utf8 } from '@imprimatur/kernel';
import { BIN } from './witness';

/** The log signer as an operator runs it: a process of its own. */
export class SignerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly home: string,
    readonly socket: string,
  ) {}

  static async start(home: string, socket = join(home, 's.sock'), ...more: readonly string[]): Promise<SignerProcess> {
    const child = spawn(BIN, ['ledger', 'signer', 'serve', '--home', home, '--socket', socket, ...more]);
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes(` at ${socket}\n`)) resolve();
      });
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.once('exit', (code) => reject(new Error(`the log signer ended with ${code}: ${said}`)));
    });
    return new SignerProcess(child, home, socket);
  }

  /** Asks this process; verifier keys are pinned in `trustFile`. */
  client(trustFile: string, timeoutMs = 10_000): RemoteLogSigner {
    return new RemoteLogSigner({ socket: this.socket, trustFile, timeoutMs });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Answers the exit code; null: it was killed. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    return ended;
  }

  /** The same once more, after it ended. */
  again(): Promise<SignerProcess> {
    return SignerProcess.start(this.home, this.socket);
  }
}

/** A tree in memory whose owner can do anything. */
export class TreeOfTest {
  private readonly tree = Tree.empty(sha256);
  private readonly nodes = new Map<string, Uint8Array>();

  constructor(
    readonly origin: string,
    entries: readonly string[],
  ) {
    entries.forEach((entry, at) => {
      const leaf = leafHash(sha256, utf8(entry));
      this.nodes.set(`0/${at}`, leaf);
      for (const node of this.tree.append(leaf)) this.nodes.set(`${node.level}/${node.index}`, node.hash);
    });
  }

  get checkpoint(): Checkpoint {
    return { origin: this.origin, size: this.tree.size, root: this.tree.root() };
  }

  readonly prove = (last: Checkpoint): Promise<readonly Uint8Array[]> => {
    const get = (level: number, index: number): Uint8Array => this.nodes.get(`${level}/${index}`) ?? new Uint8Array(32);
    return Promise.resolve(consistencyProof(sha256, get, last.size, this.tree.size));
  };
}

/** The note, or the words of the refusal. */
export async function signedBy(signer: LogSigner, { checkpoint, prove }: Pick<TreeOfTest, 'checkpoint' | 'prove'>): Promise<string> {
  let said = '';
  await signer.sign([{ checkpoint, prove, signed: (note) => (said = note), refused: ({ message }) => (said = `refused: ${message}`) }]);
  return said;
}
