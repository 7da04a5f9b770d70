import { Fault } from '@imprimatur/kernel';
import { ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import type { PictureTask } from './picture.task.js';
import type { PictureScreening } from './screening.types.js';

/** Looks at pictures. An engine that cannot throws, and whoever asked holds: nothing seen is never taken for nothing there. */
export abstract class PictureEngine {
  /** Loads the models, so that the first picture need not wait. */
  abstract warmUp(): Promise<void>;
  /** Throws Fault THREAD_TIMEOUT, THREAD_CRASHED, THREADS_BUSY (retryable) or SCREENING_FAILED. */
  abstract screen(bytes: Uint8Array): Promise<PictureScreening>;
  abstract close(): Promise<void>;
}

const TIMEOUT_MS = 60_000;
const RECYCLE_RSS_BYTES = 4 * 1024 ** 3;

export interface PictureEngineOptions {
  readonly threads?: number;
  readonly pixelsMax?: number;
}

/** Faces by @vladmandic/human, explicit content by nsfwjs, fingerprint by blockhash: models from the packages, no network, in threads. */
export class LocalPictureEngine extends PictureEngine {
  private readonly pool: ThreadPool;
  private readonly pixelsMax: number;

  constructor({ threads = 1, pixelsMax = 64_000_000 }: PictureEngineOptions = {}) {
    super();
    this.pixelsMax = pixelsMax;
    this.pool = new ThreadPool({
      name: 'picture engines',
      entry: threadEntry(__dirname, 'picture.thread'),
      threads,
      timeoutMs: TIMEOUT_MS,
      recycleRssBytes: RECYCLE_RSS_BYTES,
    });
  }

  async warmUp(): Promise<void> {
    await this.run({ kind: 'warm-up' });
  }

  async screen(bytes: Uint8Array): Promise<PictureScreening> {
    const result = await this.run({ kind: 'screen', bytes, pixelsMax: this.pixelsMax });
    if (!result) throw new Fault({ room: 'moderation', code: 'SCREENING_FAILED', message: 'the engines answered nothing' });
    return result;
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async run(task: PictureTask): Promise<PictureScreening | null> {
    try {
      return await this.pool.run<PictureTask, PictureScreening | null>(task);
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      throw new Fault({
        room: 'moderation',
        code: 'SCREENING_FAILED',
        message: 'the engines could not look at the picture',
        retryable: true,
        cause,
      });
    }
  }
}
