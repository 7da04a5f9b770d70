import { pathToFileURL } from 'node:url';
import { Fault } from '@imprimatur/kernel';
import { workerData } from 'node:worker_threads';

/** How a task ended in its thread. Whatever else reaches the pool is the thread's own end. */
export type Settled =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }
  | { readonly ok: false; readonly fault: { room: string; code: string; message: string; retryable: boolean; safe: boolean } };

type Task = (task: unknown) => unknown;

let loaded: Promise<Task> | undefined;

/** The default export of the pool's own thread file, loaded once per thread. */
async function load(): Promise<Task> {
  const { entry } = workerData as { readonly entry: string };
  // a CommonJS file's exports arrive as `default`, with its own default export inside
  const { default: outer } = (await import(pathToFileURL(entry).href)) as { default: Task | { default: Task } };
  return typeof outer === 'function' ? outer : outer.default;
}

export default async function settle(task: unknown): Promise<Settled> {
  try {
    const run = await (loaded ??= load());
    return { ok: true, value: await run(task) };
  } catch (error) {
    if (!(error instanceof Fault)) return { ok: false, error };
    // a structured clone keeps an error's message and drops its class and fields
    const { room, code, message, retryable, safe } = error;
    return { ok: false, fault: { room, code, message, retryable, safe } };
  }
}
