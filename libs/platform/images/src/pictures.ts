import { Fault, type Result } from '@imprimatur/kernel';
import { ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { PictureRefusal } from './picture.refusals.js';
import type {
  DerivativeRecipe,
  OutsideChange,
  PictureFacts,
  PictureLimits,
  PictureMask,
  PixelDigest,
  RenderedPicture,
  RootChange,
  RootRegion,
} from './picture.types.js';
import type { PictureTask } from './pictures.task.js';
import type { MaskRefusal } from './pixels/mask.refusals.js';

type WithoutLimits<Task> = Task extends unknown ? Omit<Task, 'limits'> : never;

const POOL_TIMEOUT_MS = 120_000;
const RECYCLE_RSS_BYTES = 3 * 1024 ** 3;
const THUMBNAIL_SIDE_MAX = 2_048;

export interface PicturesOptions {
  readonly limits: PictureLimits;
  readonly threads?: number;
}

/**
 * Everything that decodes a picture, in threads. Only `inspectPicture` expects strange bytes: the others are for pictures that it accepted, and
 * throw Fault PICTURE_NOT_DECODABLE for what they cannot read, THREAD_TIMEOUT, THREAD_CRASHED or THREADS_BUSY (retryable).
 */
@Injectable()
export class Pictures implements OnApplicationShutdown {
  readonly limits: PictureLimits;
  private readonly pool: ThreadPool;

  constructor({ limits, threads = 2 }: PicturesOptions) {
    this.limits = limits;
    this.pool = new ThreadPool({
      name: 'pictures',
      entry: threadEntry(__dirname, 'pictures.thread'),
      threads,
      timeoutMs: POOL_TIMEOUT_MS,
      recycleRssBytes: RECYCLE_RSS_BYTES,
    });
  }

  /** What the file is, after all of it was decoded; or why it is not accepted. */
  async inspectPicture(bytes: Uint8Array, signal?: AbortSignal): Promise<Result<PictureFacts, PictureRefusal>> {
    return this.run({ kind: 'inspect', bytes }, signal);
  }

  /** JPEG in sRGB on white inside a square of `sidePx` (at most 2,048). */
  async renderThumbnail(bytes: Uint8Array, sidePx: number, signal?: AbortSignal): Promise<RenderedPicture> {
    return this.run({ kind: 'thumbnail', bytes, sidePx: Math.min(THUMBNAIL_SIDE_MAX, Math.max(1, Math.round(sidePx))) }, signal);
  }

  /** The unsigned file of an export, with its rights as XMP. Same picture and recipe, same bytes. Throws Fault LABEL_DOES_NOT_FIT. */
  async renderDerivative(bytes: Uint8Array, recipe: DerivativeRecipe, signal?: AbortSignal): Promise<RenderedPicture> {
    const rendered = await this.run<RenderedPicture | null>({ kind: 'derivative', bytes, recipe }, signal);
    if (rendered !== null) return rendered;
    const message = 'the label does not fit into the picture as large as it must be';
    throw new Fault({ room: 'images', code: 'LABEL_DOES_NOT_FIT', message, safe: true });
  }

  /** SHA-256 of the decoded pixels: sRGB, 8 bits, RGB or RGBA, orientation applied. */
  async pixelDigest(bytes: Uint8Array, signal?: AbortSignal): Promise<PixelDigest> {
    return this.run({ kind: 'digest', bytes }, signal);
  }

  /** What changed where the mask says that nothing may; the whole picture when it is null. A mask that does not fit is a Fault. */
  async compareOutsideMask(before: Uint8Array, after: Uint8Array, mask: PictureMask | null, signal?: AbortSignal): Promise<OutsideChange> {
    const measured = await this.run<Result<OutsideChange, MaskRefusal>>({ kind: 'compare', before, after, mask }, signal);
    if (measured.ok) return measured.value;
    throw new Fault({ room: 'images', code: measured.refusal.code, message: measured.refusal.message, safe: true });
  }

  /** What became of a picture since the upload that it comes from, in all and in `regions` of that upload. */
  async compareWithRoot(root: Uint8Array, bytes: Uint8Array, regions: readonly RootRegion[], signal?: AbortSignal): Promise<RootChange> {
    return this.run({ kind: 'compare-with-root', root, bytes, regions }, signal);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async run<Out>(task: WithoutLimits<PictureTask>, signal: AbortSignal | undefined): Promise<Out> {
    try {
      return await this.pool.run<PictureTask, Out>({ ...task, limits: this.limits }, signal ? { signal } : {});
    } catch (cause) {
      if (cause instanceof Fault || signal?.aborted) throw cause;
      throw new Fault({ room: 'images', code: 'PICTURE_NOT_DECODABLE', message: `could not ${task.kind} a picture`, cause });
    }
  }
}
