import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { unverifiable, type VerificationReport } from '@imprimatur/formats/manifest';
import type { ReadAnswer, ReadOrder } from './reader.messages.js';

const HEAP_MEGABYTES = 2_048;

/** The process that reads strangers' files: it may crash or hang, and is then ended and replaced. */
export class ReaderProcess {
  private child: ChildProcess | null = null;

  constructor(private readonly timeoutMs: number) {}

  /** Never throws: what cannot be opened or read is a report as well, so that the next file gets its turn. */
  async verify(order: ReadOrder): Promise<VerificationReport> {
    const child = (this.child ??= start());
    const answer = await this.ask(child, order);
    if (typeof answer !== 'string') {
      return 'report' in answer ? answer.report : unverifiable(`The file cannot be opened: ${answer.unreadable}.`, 'manifest.file');
    }
    this.close();
    return answer === 'timeout'
      ? unverifiable(`Reading the file took longer than ${this.timeoutMs / 1000} seconds and was stopped.`, 'manifest.timeout')
      : unverifiable('The reader gave up on this file; nothing it had found counts.', 'manifest.crash');
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.child = null;
  }

  private ask(child: ChildProcess, order: ReadOrder): Promise<ReadAnswer | 'timeout' | 'crash'> {
    return new Promise((resolve) => {
      const end = (answer: ReadAnswer | 'timeout' | 'crash'): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(answer);
      };
      const timer = setTimeout(() => end('timeout'), this.timeoutMs);
      child.once('message', (answer) => end(answer as ReadAnswer));
      child.once('exit', () => end('crash'));
      child.once('error', () => end('crash'));
      child.send(order);
    });
  }
}

function start(): ChildProcess {
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  return fork(join(__dirname, 'reader.child.js'), [], {
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    env,
    // what decoders and the engine print about a broken file is theirs; findings come as messages
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
