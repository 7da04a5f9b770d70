import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { toHex } from '@imprimatur/kernel';

/** 0600 for secrets, 0644 for what is handed out. */
export type FileMode = 0o600 | 0o644;

/** Durable and whole before it is visible, over whatever was there: temporary file, fsync, rename, fsync of the folder. */
export function replaceFile(file: string, content: string | Uint8Array, mode: FileMode): void {
  makeFolder(dirname(file), mode);
  const draft = draftName(file);
  writeDurably(draft, content, mode);
  renameSync(draft, file);
  syncFolder(dirname(file));
}

/** The same for a file that must not change once it is there: of several writers at once the first wins, and the others find its file. */
export function createFileOnce(file: string, content: string | Uint8Array, mode: FileMode): void {
  makeFolder(dirname(file), mode);
  const draft = draftName(file);
  writeDurably(draft, content, mode);
  try {
    linkSync(draft, file);
    syncFolder(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

/** A name beside `path` that nobody else takes. */
export function draftName(path: string): string {
  return `${path}.${process.pid}.${toHex(randomBytes(4))}`;
}

/** A new file, on disk when this returns; its folder's entry is the caller's to sync. */
export function writeDurably(file: string, content: string | Uint8Array, mode: FileMode): void {
  const handle = openSync(file, 'wx', mode);
  try {
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function makeFolder(folder: string, mode: FileMode): void {
  mkdirSync(folder, { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
}
