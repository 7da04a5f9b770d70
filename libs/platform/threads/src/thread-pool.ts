import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import Piscina from 'piscina';
import { Fault } from '@imprimatur/kernel';
import { projectRoot } from '@imprimatur/platform/config';
import type { Settled } from './settled.thread.js';

export interface ThreadPoolOptions {
  /** For faults and thread names. */
  readonly name: string;
  /** Absolute path of the compiled thread file, from `threadEntry`. */
  readonly entry: string;
  readonly threads: number;
  /** How long one task may run, from the moment a thread has it; waiting for a thread does not count. */
  readonly timeoutMs: number;
  /** Replace the threads once the process holds more memory than this: WASM memory never shrinks. */
  readonly recycleRssBytes?: number;
  /** Tasks that may wait; one more is refused with THREADS_BUSY. */
  readonly queueMax?: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Buffers to hand over instead of copying; the caller must not touch them again. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** Threads of one age. Retired ones take nothing new and end when their last task has. */
interface Generation {
  readonly pool: Piscina;
  active: number;
  retired: boolean;
}

const QUEUE_MAX = 1_000;
const RECYCLE_PAUSE_MS = 10_000;

/** Absolute path of a thread file in dist, named from the folder of its caller: `threadEntry(__dirname, 'faces.thread')`. */
export function threadEntry(folder: string, name: string): string {
  const root = projectRoot();
  const inside = relative(root, folder);
  const compiled = join(root, /^dist([\\/]|$)/.test(inside) || isAbsolute(inside) ? inside : join('dist', inside), `${name}.js`);
  if (!existsSync(compiled)) {
    throw new Fault({
      room: 'threads',
      code: 'THREAD_ENTRY_MISSING',
      message: `${compiled} does not exist: run npm run build`,
      safe: true,
    });
  }
  return compiled;
}

/** CPU-bound work off the event loop. A thread file exports one default `async (task) => result`. */
export class ThreadPool {
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private generation: Generation;
  private recycledAt = -Infinity;
  private closed = false;

  constructor(private readonly options: ThreadPoolOptions) {
    this.generation = this.open();
  }

  /**
   * Runs one task in some thread. Throws Fault THREAD_TIMEOUT (retryable; the thread is killed), THREAD_CRASHED (retryable) or
   * THREADS_BUSY (retryable), and the signal's reason when it aborts. What the thread file itself threw is passed on; a Fault stays one.
   */
  async run<TaskIn, TaskOut>(task: TaskIn, options: RunOptions = {}): Promise<TaskOut> {
    await this.place(options.signal);
    const { generation } = this;
    generation.active += 1;
    try {
      return await this.runIn<TaskOut>(generation.pool, task, options);
    } finally {
      generation.active -= 1;
      this.leave(generation);
    }
  }

  /** Ends all threads; running and waiting tasks end with THREAD_CRASHED. */
  async close(): Promise<void> {
    this.closed = true;
    for (const enter of this.waiting.splice(0)) enter();
    await this.generation.pool.destroy();
  }

  private async runIn<TaskOut>(pool: Piscina, task: unknown, { signal: asked, transfer = [] }: RunOptions): Promise<TaskOut> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    const signal = asked ? AbortSignal.any([asked, timeout]) : timeout;
    let settled: Settled;
    try {
      if (this.closed) throw new Error('the pool is closed');
      settled = (await pool.run(task, { signal, transferList: [...transfer] })) as Settled;
    } catch (cause) {
      if (asked?.aborted) throw asked.reason;
      throw timeout.aborted
        ? this.fault('THREAD_TIMEOUT', `took longer than ${this.options.timeoutMs} ms`, cause)
        : this.fault('THREAD_CRASHED', 'the thread ended', cause);
    }
    if (settled.ok) return settled.value as TaskOut;
    throw 'fault' in settled ? new Fault(settled.fault) : settled.error;
  }

  /** Waits for a thread that is free, in the order of asking: piscina's own queue would let a task time out before it has begun. */
  private async place(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.running < this.options.threads) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= (this.options.queueMax ?? QUEUE_MAX)) throw this.fault('THREADS_BUSY', 'too much is waiting');
    await new Promise<void>((enter, leave) => {
      const given = (): void => {
        signal?.removeEventListener('abort', gone);
        enter();
      };
      const gone = (): void => {
        this.waiting.splice(this.waiting.indexOf(given), 1);
        leave(signal?.reason as Error);
      };
      signal?.addEventListener('abort', gone, { once: true });
      this.waiting.push(given);
    });
  }

  /** Hands the place on, and lets old threads go. */
  private leave(generation: Generation): void {
    this.recycle();
    if (generation.retired && generation.active === 0) void generation.pool.destroy();
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }

  private open(): Generation {
    const { name, entry, threads } = this.options;
    const pool = new Piscina({
      filename: threadEntry(__dirname, 'settled.thread'),
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: 60_000,
      // 'sync' would park the thread in Atomics.wait between tasks, where promises of the engine's own never settle
      atomics: 'disabled',
      workerData: { pool: name, entry },
    });
    // a thread that dies between two tasks is replaced; without a listener it would end the whole process
    pool.on('error', () => undefined);
    return { pool, active: 0, retired: false };
  }

  /** New tasks go to fresh threads; the old ones finish what they hold, however long that takes. */
  private recycle(): void {
    const { recycleRssBytes } = this.options;
    if (this.closed || recycleRssBytes === undefined || process.memoryUsage.rss() < recycleRssBytes) return;
    if (performance.now() - this.recycledAt < RECYCLE_PAUSE_MS) return;
    this.recycledAt = performance.now();
    const old = this.generation;
    this.generation = this.open();
    old.retired = true;
    if (old.active === 0) void old.pool.destroy();
  }

  private fault(code: 'THREAD_TIMEOUT' | 'THREAD_CRASHED' | 'THREADS_BUSY', what: string, cause?: unknown): Fault {
    return new Fault({ room: 'threads', code, message: `${this.options.name}: ${what}`, retryable: true, cause });
  }
}
