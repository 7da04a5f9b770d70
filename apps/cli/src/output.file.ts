import { randomBytes } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './usage.error.js';

/** Writes a file whole or not at all: what breaks off leaves no half of it under its name. Throws UsageError when it cannot. */
export async function writeWhole(file: string, bytes: Uint8Array | string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
