import { Fault } from '@imprimatur/kernel';
import { ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import type { ContentSeen, FacesSeen, PictureTask, TextSeen } from './picture.task.js';
import type { PictureScreening } from './screening.types.js';

/** Looks at pictures. An engine that cannot throws, and whoever asked holds: nothing seen is never taken for nothing there. */
export abstract class PictureEngine {
  /** Loads the models, so that the first picture need not wait. */
  abstract warmUp(): Promise<void>;
  /** Throws Fault THREAD_TIMEOUT, THREAD_CRASHED, THREADS_BUSY (retryable) or SCREENING_FAILED. */
  abstract screen(bytes: Uint8Array): Promise<PictureScreening>;
  /** The words alone, of a picture that was screened before anybody read them. Throws as `screen` does. */
  abstract readText(bytes: Uint8Array): Promise<TextSeen>;
  abstract close(): Promise<void>;
}

const TIMEOUT_MS = 60_000;
const RECYCLE_RSS_BYTES = 4 * 1024 ** 3;

export interface PictureEngineOptions {
  readonly pixelsMax?: number;
}

/**
 * Faces by @vladmandic/human, explicit content by nsfwjs, text by Tesseract, fingerprint by blockhash: models from the packages, no network. Each
 * model has a thread of its own, so that a picture waits for the slowest of them and not for all.
 */
export class LocalPictureEngine extends PictureEngine {
  private readonly faces = poolOf('face engine', 'faces.thread');
  private readonly content = poolOf('content engine', 'explicit.thread');
  private readonly text = poolOf('text engine', 'text.thread');
  private readonly pixelsMax: number;

  constructor({ pixelsMax = 64_000_000 }: PictureEngineOptions = {}) {
    super();
    this.pixelsMax = pixelsMax;
  }

  async warmUp(): Promise<void> {
    await Promise.all([this.faces, this.content, this.text].map((pool) => ask(pool, { kind: 'warm-up' })));
  }

  async screen(bytes: Uint8Array): Promise<PictureScreening> {
    const task: PictureTask = { kind: 'screen', bytes, pixelsMax: this.pixelsMax };
    const [seen, content, read] = await Promise.all([
      ask<FacesSeen>(this.faces, task),
      ask<ContentSeen>(this.content, task),
      this.readText(bytes),
    ]);
    if (!seen || !content) throw answeredNothing();
    return { ...seen, ...content, ...read, engines: { ...seen.engines, ...content.engines, ...read.engines } };
  }

  async readText(bytes: Uint8Array): Promise<TextSeen> {
    const read = await ask<TextSeen>(this.text, { kind: 'screen', bytes, pixelsMax: this.pixelsMax });
    if (!read) throw answeredNothing();
    return read;
  }

  async close(): Promise<void> {
    await Promise.all([this.faces, this.content, this.text].map((pool) => pool.close()));
  }
}

function answeredNothing(): Fault {
  return new Fault({ room: 'moderation', code: 'SCREENING_FAILED', message: 'an engine answered nothing' });
}

function poolOf(name: string, thread: string): ThreadPool {
  return new ThreadPool({
    name,
    entry: threadEntry(__dirname, thread),
    threads: 1,
    timeoutMs: TIMEOUT_MS,
    recycleRssBytes: RECYCLE_RSS_BYTES,
  });
}

async function ask<Seen>(pool: ThreadPool, task: PictureTask): Promise<Seen | null> {
  try {
    return await pool.run<PictureTask, Seen | null>(task);
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
