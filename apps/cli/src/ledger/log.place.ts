import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogSource } from '@imprimatur/formats/ledger';
import { UsageError } from '../usage.error.js';
import { HttpFiles } from './http.files.js';

/** Where a log is: plain data, so that a thread can be told. */
export type LogPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  /** `url` is the prefix, without a slash at its end, under which `checkpoint` stands. */
  | { readonly kind: 'url'; readonly url: string; readonly token: string | null };

export function openLog(place: LogPlace): LogSource {
  if (place.kind === 'folder') return (path) => readOrNull(join(place.folder, path));
  const files = new HttpFiles(place.token);
  return (path) => files.get(`${place.url}/${path}`);
}

export function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** Of a URL or a folder; a URL may name the checkpoint itself. Throws UsageError for a folder that is none. */
export async function placeOf(target: string, token: string | null): Promise<LogPlace> {
  if (isUrl(target)) return { kind: 'url', url: target.replace(/\/(checkpoint)?$/, ''), token };
  const found = await stat(target).catch((error: Error) => {
    throw new UsageError(error.message);
  });
  if (!found.isDirectory()) throw new UsageError(`${target} is no folder of a log`);
  return { kind: 'folder', folder: target };
}

/** Null: no such file. Throws UsageError for one that cannot be read. */
export async function readOrNull(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // ENOTDIR, EISDIR: something else stands where the file would be
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw new UsageError(message);
  }
}
