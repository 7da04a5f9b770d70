import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { StoreReading, TrustSettings } from '@imprimatur/formats/manifest';
import { Fault } from '@imprimatur/kernel';
import { type RunOptions, ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import type { EngineTask, SignatureReply } from './engine.task.js';
import type { ClaimSigner, ManifestEngine, SignRequest } from './manifest.engine.js';

const TIMEOUT_MS = 60_000;
/** WebAssembly's memory never shrinks: one large PNG leaves 300 MB behind. */
const RECYCLE_RSS_BYTES = 3 * 1024 ** 3;

export interface WasmEngineOptions {
  readonly threads?: number;
  readonly timeoutMs?: number;
}

/** c2pa-rs compiled to WebAssembly, in threads: the default engine, on every platform. */
export class WasmManifestEngine implements ManifestEngine {
  private readonly pool: ThreadPool;

  constructor({ threads = 2, timeoutMs = TIMEOUT_MS }: WasmEngineOptions = {}) {
    const entry = threadEntry(__dirname, 'engine.thread');
    this.pool = new ThreadPool({ name: 'c2pa', entry, threads, timeoutMs, recycleRssBytes: RECYCLE_RSS_BYTES });
  }

  async read(bytes: Uint8Array, mediaType: string, trust: TrustSettings, signal?: AbortSignal): Promise<StoreReading> {
    try {
      return await this.run<StoreReading>({ kind: 'read', bytes, mediaType, trust }, signal ? { signal } : {});
    } catch (error) {
      if (error instanceof Fault && error.code === 'THREAD_TIMEOUT') return { kind: 'unreadable', why: 'reading it took too long' };
      throw error;
    }
  }

  async sign(request: SignRequest, signer: ClaimSigner, signal?: AbortSignal): Promise<Uint8Array> {
    const { port1: here, port2: there } = new MessageChannel();
    const refusals = answerClaims(here, signer);
    const { algorithm, sizeBytes } = signer;
    try {
      // a port is handed over like a buffer; the pool's type names only the latter
      const transfer = [there as unknown as ArrayBuffer];
      return await this.pool.run<EngineTask, Uint8Array>(
        { kind: 'sign', request, algorithm, sizeBytes, port: there },
        signal ? { signal, transfer } : { transfer },
      );
    } catch (error) {
      // the thread only knows that there was no signature
      throw refusals[0] ?? error;
    } finally {
      here.close();
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /** A thread that ends over one file may take the next one with it: that one is tried again. */
  private async run<Out>(task: EngineTask, options: RunOptions): Promise<Out> {
    try {
      return await this.pool.run<EngineTask, Out>(task, options);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'THREAD_CRASHED') throw error;
      return this.pool.run<EngineTask, Out>(task, options);
    }
  }
}

/** Signs what comes through the port; what the signer throws is kept for whoever asked for the signature. */
function answerClaims(port: MessagePort, signer: ClaimSigner): readonly unknown[] {
  const refusals: unknown[] = [];
  const reply = (signature: SignatureReply): void => port.postMessage(signature);
  port.on('message', (claim: Uint8Array) => {
    signer.sign(claim).then(reply, (error: unknown) => {
      refusals.push(error);
      reply(null);
    });
  });
  return refusals;
}
