import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '@imprimatur/platform/config';

export interface Ready {
  /** Where the api listens; absent for the worker. */
  readonly url?: string;
  /** What the supervisor prints for it. */
  readonly lines: readonly string[];
}

const RESTART_MIN_MS = 500;
const RESTART_MAX_MS = 10_000;
/** An exit code by which an app says that starting it again would not help: wrong configuration, a busy port. */
const USELESS_TO_RESTART = 2;

/** One app as a child: started again when it crashes, stopped with its parent (the broken IPC channel tells it). */
export class SupervisedApp {
  private child: ChildProcess | undefined;
  private stopping = false;
  private waitMs = RESTART_MIN_MS;

  constructor(
    readonly app: 'api' | 'worker',
    private readonly env: NodeJS.ProcessEnv,
    private readonly say: (line: string) => void,
    private readonly onUseless: (app: string) => void,
  ) {}

  /** Resolves when the app says that it is ready. */
  start(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const child = fork(join(projectRoot(), `dist/apps/${this.app}/src/main.js`), [], {
        env: this.env,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      this.child = child;
      let ready = false;
      child.on('message', (message: { readonly type?: string; readonly url?: string; readonly lines?: readonly string[] }) => {
        if (message.type !== 'ready') return;
        ready = true;
        this.waitMs = RESTART_MIN_MS;
        resolve({ lines: message.lines ?? [], ...(message.url === undefined ? {} : { url: message.url }) });
      });
      child.once('exit', (code, signal) => {
        if (this.stopping) return reject(new Error(`${this.app} was stopped`));
        if (!ready) return reject(new Error(`${this.app} ended with ${code ?? signal} before it was ready`));
        this.restart(code, signal);
      });
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const impatient = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(impatient);
  }

  private restart(code: number | null, signal: NodeJS.Signals | null): void {
    if (code === USELESS_TO_RESTART) return this.onUseless(this.app);
    this.say(`${this.app} ended with ${code ?? signal}; starting it again`);
    const again = (): void => {
      if (this.stopping) return;
      this.start().catch((error: unknown) => {
        if (this.stopping) return;
        this.say(error instanceof Error ? error.message : String(error));
        this.waitMs = Math.min(this.waitMs * 2, RESTART_MAX_MS);
        setTimeout(again, this.waitMs);
      });
    };
    setTimeout(again, this.waitMs);
  }
}
