import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const BIN = join(__dirname, '../../../bin/imprimatur');
const root = join(__dirname, '../../..');
export const STARTER = join(root, 'policies/starter');

/** Copies of the starter bundle that a spec may break, and the real command to run on them. */
export class BundleCopies {
  private readonly work = mkdtempSync(join(tmpdir(), 'imprimatur-policy-cli-'));

  at(name: string): string {
    return join(this.work, name);
  }

  /** A copy by that name. */
  copy(name: string): string {
    cpSync(STARTER, this.at(name), { recursive: true });
    return this.at(name);
  }

  /** Changes one file of a copy; fails when there was nothing to change. */
  change(folder: string, path: string, from: string | RegExp, to: string): void {
    const before = readFileSync(join(folder, path), 'utf8');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${path} has no ${String(from)}`);
    writeFileSync(join(folder, path), after);
  }

  /** The line on which `text` first stands. */
  lineOf(folder: string, path: string, text: string): number {
    const before = readFileSync(join(folder, path), 'utf8').split(text, 1)[0] ?? '';
    return before.split('\n').length;
  }

  policy(...args: readonly string[]): SpawnSyncReturns<string> {
    const env = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' };
    return spawnSync(process.execPath, [BIN, 'policy', ...args], { encoding: 'utf8', cwd: this.work, env });
  }

  remove(): void {
    rmSync(this.work, { recursive: true, force: true });
  }
}

/** The last line of standard output, which `--json` makes one object. */
export function answerOf(run: SpawnSyncReturns<string>): Record<string, unknown> {
  return JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
