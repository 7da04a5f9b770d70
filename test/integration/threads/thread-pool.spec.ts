import { join } from 'node:path';
import { Fault } from '@imprimatur/kernel';
import { ThreadPool, type ThreadPoolOptions, threadEntry } from '@imprimatur/platform/threads';

describe('a thread pool', () => {
  const pools: ThreadPool[] = [];
  const open = (options: Partial<ThreadPoolOptions> = {}): ThreadPool => {
    const pool = new ThreadPool({ name: 'probe', entry: join(__dirname, 'probe.thread.cjs'), threads: 1, timeoutMs: 10_000, ...options });
    pools.push(pool);
    return pool;
  };
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
  });

  it('counts only the time that a task runs', async () => {
    const pool = open({ timeoutMs: 2_500 });
    await expect(Promise.all([1, 2, 3].map(() => pool.run({ kind: 'spin', ms: 1_000 })))).resolves.toEqual(['spin', 'spin', 'spin']);
  });

  it('kills a thread that takes too long, and goes on', async () => {
    const pool = open({ timeoutMs: 1_500 });
    await expect(pool.run({ kind: 'spin', ms: 60_000 })).rejects.toMatchObject({ code: 'THREAD_TIMEOUT', retryable: true });
    await expect(pool.run({ kind: 'fine' })).resolves.toBe('fine');
  });

  it('tells what the task threw from the end of its thread', async () => {
    const pool = open();
    await expect(pool.run({ kind: 'throw' })).rejects.toMatchObject({ name: 'RangeError', message: 'of the task' });
    const fault: unknown = await pool.run({ kind: 'fault' }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ room: 'probe', code: 'PROBE_FAILED', message: 'said', retryable: true, safe: true });
    await expect(pool.run({ kind: 'crash' })).rejects.toMatchObject({ code: 'THREAD_CRASHED', retryable: true });
    await expect(pool.run({ kind: 'fine' })).resolves.toBe('fine');
  });

  it('outlives a thread that dies between two tasks', async () => {
    const pool = open();
    await expect(pool.run({ kind: 'late' })).resolves.toBe('late');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect(pool.run({ kind: 'fine' })).resolves.toBe('fine');
  });

  it('gets fresh threads past the memory limit without losing what runs', async () => {
    const pool = open({ threads: 2, recycleRssBytes: 1 });
    const tasks = [0, 300, 900, 1_500].map((ms) => pool.run({ kind: 'spin', ms }));
    await expect(Promise.all(tasks)).resolves.toHaveLength(4);
  });

  it('refuses more than may wait, and lets a waiting task be called off', async () => {
    const pool = open({ queueMax: 1 });
    const busy = pool.run({ kind: 'spin', ms: 500 });
    const asked = new AbortController();
    const waiting = pool.run({ kind: 'fine' }, { signal: asked.signal });
    await expect(pool.run({ kind: 'fine' })).rejects.toMatchObject({ code: 'THREADS_BUSY' });
    asked.abort(new Error('called off'));
    await expect(waiting).rejects.toThrow('called off');
    await expect(busy).resolves.toBe('spin');
  });

  it('names the compiled file from the sources, and says when it is not built', () => {
    expect(threadEntry(join(__dirname, '../../../libs/platform/threads/src'), 'settled.thread')).toMatch(
      /dist.libs.platform.threads.src.settled\.thread\.js$/,
    );
    expect(() => threadEntry(__dirname, 'absent.thread')).toThrow(expect.objectContaining({ code: 'THREAD_ENTRY_MISSING' }) as Error);
  });
});
