import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One supervisor per home. The file holds the pid of its holder; that of a dead one is taken over. Answers the way to let go, or the pid of
 * the living holder.
 */
export function lockHome(home: string): (() => void) | number {
  mkdirSync(join(home, 'run'), { recursive: true });
  const file = join(home, 'run', 'serve.pid');
  for (;;) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readOrEmpty(file));
    if (holder > 0 && holder !== process.pid && isAlive(holder)) return holder;
    rmSync(file, { force: true });
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // let go between the two looks
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
