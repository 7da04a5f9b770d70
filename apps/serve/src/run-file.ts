import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running service of this home is found. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

const fileOf = (home: string): string => join(home, 'run', 'serve.json');

export function writeRunFile(home: string, run: RunFile): void {
  mkdirSync(join(home, 'run'), { recursive: true });
  writeFileSync(fileOf(home), `${JSON.stringify(run)}\n`);
}

export function removeRunFile(home: string): void {
  rmSync(fileOf(home), { force: true });
}

/** The service that runs on this home now; null when there is none, also when a killed one left its file behind. */
export function findRunning(home: string): RunFile | null {
  try {
    const run = JSON.parse(readFileSync(fileOf(home), 'utf8')) as RunFile;
    process.kill(run.pid, 0);
    return run.pid === process.pid ? null : run;
  } catch {
    return null;
  }
}
