import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const BIN = join(__dirname, '../../bin/imprimatur');

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A witness as an operator runs it: a process of its own. */
export class WitnessProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(folder: string, logs: readonly string[]): Promise<WitnessProcess> {
    const options = logs.flatMap((log) => ['--log', log]);
    const child = spawn(BIN, ['ledger', 'witness', 'serve', '--name', 'w.example/1', '--folder', folder, '--port', '0', ...options]);
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const match = /at (http:\S+),/.exec(said);
        if (match?.[1]) resolve(match[1]);
      });
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.once('exit', (code) => reject(new Error(`the witness ended with ${code}: ${said}`)));
    });
    return new WitnessProcess(child, url);
  }

  async add(body: string): Promise<Answer> {
    const response = await fetch(`${this.url}/add-checkpoint`, { method: 'POST', body });
    return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.text() };
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await ended;
  }
}
