import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './usage.error.js';

/** Writes a file whole or not at all: what breaks off leaves no half of it under its name. Throws UsageError when it cannot. */
export async function writeWhole(file: string, bytes: Uint8Array | string): Promise<void> {
  await orUsage(async () => rename(await writeDraft(file, bytes), file));
}

/** The same for a file that must not be there yet; false: it is, and stays as it was. */
export async function writeWholeOnce(file: string, bytes: Uint8Array | string): Promise<boolean> {
  return orUsage(async () => {
    const draft = await writeDraft(file, bytes);
    try {
      await link(draft, file); // unlike a rename, it refuses a name that is taken, also by somebody at the same moment
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function writeDraft(file: string, bytes: Uint8Array | string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.part`;
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(draft, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

async function orUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
