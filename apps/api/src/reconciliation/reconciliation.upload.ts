import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { toHex } from '@imprimatur/kernel';

/** The body of one request, out of memory: in a temporary file without a name, so that nothing of it outlives the process. */
export class Upload {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    /** 32 bytes. */
    readonly sha256: Uint8Array,
  ) {}

  /** Null: longer than `bytesMax`; what came is gone. */
  static async take(body: Readable, bytesMax: number): Promise<Upload | null> {
    const path = join(tmpdir(), `imprimatur-upload-${toHex(randomBytes(12))}`);
    const file = await open(path, 'wx+', 0o600);
    // Windows keeps an open file's name; there it goes when the file is closed
    await unlink(path).catch(() => undefined);
    const digest = createHash('sha256');
    let size = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > bytesMax) break;
        digest.update(chunk);
        await file.writeFile(chunk);
      }
    } catch (error) {
      await discard(file, path);
      throw error;
    }
    if (size <= bytesMax) return new Upload(file, path, digest.digest());
    await discard(file, path);
    return null;
  }

  /** From the start, each time. */
  read(): AsyncIterable<Uint8Array> {
    return this.file.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Uint8Array>;
  }

  async discard(): Promise<void> {
    await discard(this.file, this.path);
  }
}

async function discard(file: FileHandle, path: string): Promise<void> {
  await file.close();
  await unlink(path).catch(() => undefined);
}
