import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@imprimatur/platform/config';
import { ApiFault } from './client.js';

const START_TIMEOUT_MS = 120_000;

export interface RunningService {
  readonly url: string;
  /** Whether this demo started it, and so stops it. */
  readonly own: boolean;
  stop(): Promise<void>;
}

interface RunFile {
  readonly url: string;
}

/** Uses the service that runs on this home already; starts one on a free port otherwise. */
export async function findOrStartService(home: string): Promise<RunningService> {
  const running = await findService(home);
  if (running) return { url: running, own: false, stop: async () => undefined };
  const child = spawn(process.execPath, [join(projectRoot(), 'dist/apps/serve/src/main.js'), '--port', '0', '--home', home, '--quiet'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'error' },
  });
  const said: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const forward = (signal: NodeJS.Signals) => () => void child.kill(signal);
  process.once('SIGINT', forward('SIGINT'));
  process.once('SIGTERM', forward('SIGTERM'));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new ApiFault(`the service did not start:\n${said.join('')}`);
    const url = await findService(home);
    if (url) return { url, own: true, stop: () => stopped(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGTERM');
  throw new ApiFault(`the service was not ready within ${START_TIMEOUT_MS / 1000} s:\n${said.join('')}`);
}

async function findService(home: string): Promise<string | null> {
  try {
    const run = JSON.parse(readFileSync(join(home, 'run', 'serve.json'), 'utf8')) as RunFile;
    const answer = await fetch(`${run.url}/readyz`);
    return answer.ok ? run.url : null;
  } catch {
    return null; // no file, a stale one, or a service that is still starting
  }
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
