import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { toHex } from '@imprimatur/kernel';

/** Durable and whole before it is visible, over whatever was there. */
export function replaceFile(file: string, text: string, mode: 0o600 | 0o644): void {
  mkdirSync(dirname(file), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
  const draft = draftName(file);
  writeDurably(draft, text, mode);
  renameSync(draft, file);
  syncFolder(dirname(file));
}

/** A name beside `path` that nobody else takes. */
export function draftName(path: string): string {
  return `${path}.${process.pid}.${toHex(randomBytes(4))}`;
}

export function writeDurably(file: string, text: string, mode: 0o600 | 0o644): void {
  const handle = openSync(file, 'wx', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
